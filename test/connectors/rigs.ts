import type { Values } from '../../server/contract/contract.js'
import type { Visitor } from '../helpers/visitor.js'
import type { World } from '../helpers/world.js'

export type Side = 'service' | 'smarthr'

/** What the contract's checks need to know of a service's stand-in. */
export interface Rig {
  /** the stand-in's name in the control API */
  service: string
  toService: string
  /** null: nothing flows that way */
  toSmarthr: string | null
  /** the key of somebody new with this 社員番号, where the key is another one */
  keyOf?(code: string): string
  connect(world: World): Promise<Visitor>
  /** enough for more than one page; default 130 */
  people?: number
  /** so many people on both sides */
  populate(world: World, people: number): Promise<unknown>
  /** an id that nobody has */
  unknownId(side: Side): string
  /** the same person under another 社員番号 and name */
  renamed(values: Values, side: Side, code: string): Values
  /** a small change of one record */
  change(side: Side): Values
  /** the path of its people's list, as a regular expression; default: SmartHR's */
  listing?(side: Side): string
  /** the service's list is one answer, or one photograph for all its pages */
  photographs?: true
  /** the paths of writes, as a regular expression */
  writes(side: Side): string
  refusal(side: Side): object
  /** null: the side has no such answer */
  missing(side: Side): object | null
  blocked(side: Side): object
  /** null: the app's token there is the operator's, and nobody can renew it */
  expired(side: Side): object | null
  /** whether an expired token can be renewed */
  renews(side: Side): boolean
  /** what an administrator would choose for everybody new */
  onCreate?(side: Side): Values
  /** the connector whose code this one shares, so that its contract need not be checked twice */
  codeOf?: string
}

const freee: Rig = {
  service: 'freee',
  toService: 'employees-from-smarthr',
  toSmarthr: 'employees-to-smarthr',
  connect: world => world.connected(),
  populate: (world, people) =>
    world.control('POST', '/populate', { service: 'smarthr', employees: people, overlap: 1 }),
  unknownId: side => (side === 'service' ? '999999' : '00000000-0000-4000-8000-000000000000'),
  renamed: (values, side, code) =>
    side === 'service'
      ? { ...values, num: code, 'profile_rule.last_name': '新入' }
      : { ...values, emp_code: code, last_name: '新入' },
  change: (side): Values => (side === 'service' ? { 'profile_rule.phone1': '099' } : { tel_number: '099-111-2222' }),
  listing: side => (side === 'service' ? '/hr/api/v1/employees$' : '/api/v1/crews$'),
  writes: side => (side === 'service' ? '/hr/api/v1/employees' : '/api/v1/crews'),
  refusal: side => ({
    status: 400,
    body:
      side === 'service'
        ? { status_code: 400, errors: [{ type: 'bad_request', messages: ['入社日を入力してください。'] }] }
        : {
            code: 1,
            type: 'bad_request',
            message: '不正なリクエストパラメータです。',
            errors: [{ message: '姓を入力してください。', resource: 'Crew', field: 'last_name' }],
          },
  }),
  missing: side =>
    side === 'service'
      ? { status_code: 404, errors: [{ type: 'not_found', messages: ['存在しないか既に削除されたレコードです。'] }] }
      : { code: 4, type: 'not_found', message: '指定したリソースが存在しない', errors: null },
  blocked: side =>
    side === 'service'
      ? {
          status: 401,
          body: {
            status_code: 401,
            errors: [
              {
                codes: ['source_ip_address_limit'],
                type: 'status',
                messages: ['接続元のIPアドレスからは、サービスをご利用いただけません。'],
              },
            ],
          },
        }
      : { status: 403, body: { code: 15, type: 'ip_not_permitted', message: '', errors: null } },
  expired: side => ({
    status: 401,
    body:
      side === 'service'
        ? { message: 'アクセスする権限がありません', code: 'expired_access_token' }
        : { code: 2, type: 'unauthorized_token', message: '無効なアクセストークンです', errors: null },
  }),
  renews: () => true,
}

/** One attendance product; the others are the same code under other names. */
const attendance = (brand: string, codeOf?: string): Rig => ({
  ...(codeOf && { codeOf }),
  service: brand,
  toService: 'employees-from-smarthr',
  toSmarthr: 'employees-to-smarthr',
  connect: world => world.connected(brand),
  populate: (world, people) =>
    world.control('POST', '/populate', { service: 'smarthr', with: brand, employees: people, overlap: 1 }),
  unknownId: side => (side === 'service' ? '0'.repeat(64) : '00000000-0000-4000-8000-000000000000'),
  renamed: (values, side, code) =>
    side === 'service' ? { ...values, code, lastName: '新入' } : { ...values, emp_code: code, last_name: '新入' },
  change: (side): Values => (side === 'service' ? { birthDate: '1990-02-03' } : { birth_at: '1990-02-03' }),
  photographs: true,
  listing: side => (side === 'service' ? '/v1.0/employees$' : '/api/v1/crews$'),
  writes: side => (side === 'service' ? '/v1.0/employees' : '/api/v1/crews'),
  refusal: side => (side === 'service' ? refused(400, 202, 'birthDate is invalid.') : freee.refusal('smarthr')),
  missing: side =>
    side === 'service' ? { errors: [{ message: 'Employee not found.', code: 200 }] } : freee.missing('smarthr'),
  blocked: side => (side === 'service' ? refused(403, 105, 'Not permitted.') : freee.blocked('smarthr')),
  expired: side => (side === 'service' ? { status: 401, body: {} } : freee.expired('smarthr')),
  renews: side => side === 'smarthr',
  onCreate: (side): Values => (side === 'service' ? { divisionCode: '1000', typeCode: '1' } : {}),
})

const refused = (status: number, code: number, message: string) => ({ status, body: { errors: [{ message, code }] } })

const pca: Rig = {
  service: 'pca',
  people: 250,
  toService: 'employees-from-smarthr',
  toSmarthr: 'employees-to-smarthr',
  async connect(world) {
    await world.control('PUT', '/limits', { service: 'pca', enabled: false })
    return world.connected('pca')
  },
  populate: (world, people) =>
    world.control('POST', '/populate', { service: 'smarthr', with: 'pca', employees: people, overlap: 1 }),
  unknownId: side => (side === 'service' ? '999999' : '00000000-0000-4000-8000-000000000000'),
  renamed: (values, side, code) =>
    side === 'service' ? { ...values, Code: code, LastName: '新入' } : { ...values, emp_code: code, last_name: '新入' },
  change: (side): Values => (side === 'service' ? { BirthDate: '1990-02-03' } : { birth_at: '1990-02-03' }),
  photographs: true,
  listing: side => (side === 'service' ? '/Find/Employee$' : '/api/v1/crews$'),
  writes: side => (side === 'service' ? '/(Create|Modify)/Employee' : '/api/v1/crews'),
  refusal: side =>
    side === 'service'
      ? {
          status: 400,
          body: {
            BusinessValue: {
              ArrayOfBEPayIntegrationResultOfBEEmployee: {
                BEPayIntegrationResultOfBEEmployee: [
                  {
                    InnerStatus: 'Failure',
                    ErrorCode: 'PAY000013',
                    ErrorMessage: '社員氏名(姓)が入力されていません。',
                  },
                ],
              },
            },
          },
        }
      : freee.refusal('smarthr'),
  missing: side => (side === 'service' ? null : freee.missing('smarthr')),
  blocked: side =>
    side === 'service'
      ? { status: 403, body: { Code: 'WEBSV600301', Message: 'Web-APIの利用権がありません。' } }
      : freee.blocked('smarthr'),
  expired: side =>
    side === 'service'
      ? { status: 401, body: { Code: 'WEBSV600100', Message: 'アクセストークンの有効期限が切れています。' } }
      : freee.expired('smarthr'),
  renews: () => true,
}

const mikiwame: Rig = {
  service: 'mikiwame',
  toService: 'employees-from-smarthr',
  toSmarthr: null,
  async connect(world) {
    await world.control('PUT', '/limits', { service: 'mikiwame', enabled: false })
    return world.connected('mikiwame')
  },
  populate: (world, people) =>
    world.control('POST', '/populate', { service: 'smarthr', with: 'mikiwame', employees: people, overlap: 1 }),
  unknownId: () => 'em_999999',
  keyOf: code => `${code}@new.example`,
  renamed: (values, _side, code) => ({
    ...values,
    email: `${code}@new.example`,
    last_name: '新入',
    division_code: null,
  }),
  change: (): Values => ({ birth_on: '1990-02-03' }),
  listing: () => '/employees$',
  writes: () => '/employees',
  refusal: () => ({
    status: 422,
    body: { errors: [{ code: 'required', field: 'last_name', message: '姓を入力してください' }] },
  }),
  missing: () => ({ errors: [{ code: 'not_found', message: '見つかりません' }] }),
  blocked: () => ({ status: 403, body: { errors: [{ code: 'forbidden', message: '権限がありません' }] } }),
  expired: () => null,
  renews: () => false,
}

/** By connector id; a registered connector without a rig fails the contract's first check. */
export const rigs: Readonly<Record<string, Rig>> = {
  freee,
  pca,
  mikiwame,
  'pca-hyper': { ...pca, codeOf: 'pca' },
  'king-of-time': attendance('king-of-time'),
  'touch-on-time': attendance('touch-on-time', 'king-of-time'),
  kinkakuji: attendance('kinkakuji', 'king-of-time'),
}
