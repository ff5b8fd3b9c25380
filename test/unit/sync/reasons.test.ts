import { expect } from 'chai'
import {
  mappingOf,
  stepOf,
  type ConvertContext,
  type Person,
  type Scalar,
  type Values,
} from '../../../server/contract/contract.js'
import type { About } from '../../../server/contract/about.js'
import { connectors } from '../../../server/connectors/registry.js'
import { examineDepartments } from '../../../server/connectors/mikiwame/departments.js'
import { examineEmployees } from '../../../server/connectors/mikiwame/employees.js'
import { said, shownOf, type Reason } from '../../../server/errors.js'
import { resultMail } from '../../../server/mail/result-mail.view.js'
import { publicationMail } from '../../../server/mail/publication-mail.view.js'
import { smarthrErrors } from '../../../server/smarthr/errors.js'
import { storedReason } from '../../../server/runs/stored-reason.js'
import { calledInMails, halfDoneReason, problemsOf, shownKey, whyNot } from '../../../server/runs/reasons.js'
import { difference } from '../../../server/runs/difference.js'

const flows = connectors.flatMap(connector => connector.flows.map(flow => ({ connector, flow })))

describe('a reason as it is stored', () => {
  const vectors: [what: string, reason: Reason | null, kept: string | null, sealed: string | null][] = [
    ['none', null, null, null],
    ['a sentence of ours', '入社日を入力してください。', '入社日を入力してください。', null],
    [
      'what a service said, inside a sentence of ours',
      halfDoneReason('freee', said('鬼灯')),
      'freeeに新規登録しましたが、残りの項目を登録できませんでした：連携先からの応答の内容は、個人を特定できる場合があるため、保存期間の終了とともに削除しました。必要な場合は、連携先の画面で確認してください。',
      'freeeに新規登録しましたが、残りの項目を登録できませんでした：鬼灯。',
    ],
    [
      'a sentence of ours with an address',
      'a@b.example は使えません。',
      '個人を特定できる内容を含むため、保存期間の終了とともに理由を削除しました。',
      'a@b.example は使えません。',
    ],
  ]
  for (const [what, reason, kept, sealed] of vectors)
    it(`holds in clear what may stay: ${what}`, () => {
      expect(storedReason(reason)).to.deep.equal({ kept, sealed })
    })
})

const flowOf = (connectorId: string, id: string) => {
  const found = flows.find(({ connector, flow }) => connector.id === connectorId && flow.id === id)
  if (!found) throw new Error(`no flow ${connectorId} ${id}`)
  return found
}

const aPerson = (values: Values, changes: Partial<Person> = {}): Person => ({
  id: '1',
  key: null,
  name: '',
  kana: '',
  detail: '',
  employedFrom: null,
  employedUntil: null,
  values,
  ...changes,
})

/** Values that conversions refuse for one reason or another. */
const nasty: readonly Scalar[] = [
  null,
  '',
  '漢字',
  'x'.repeat(300),
  '12345678901234567890123',
  '0',
  -1,
  1.5,
  '2026-13-40',
  '1999-01-01',
  '2030-01-01',
  'ﾀﾛｳ!?',
  '@@',
  true,
]

describe('the reasons', () => {
  const context: Omit<ConvertContext, 'present'> = { today: '2026-11-26', settings: {} }

  for (const { connector, flow } of flows.filter(({ flow: { kind } }) => kind === 'sync')) {
    it(`are sentences that say what to do, whatever is wrong: ${connector.id} ${flow.id}`, () => {
      const paths = mappingOf(flow).flatMap(pair => (flow.direction === 'to-service' ? pair.smarthr : pair.service))
      const said = nasty.flatMap((_, shift) => {
        // Every path gets another nasty value each time, so that pairs of several paths are mixed, too.
        const source = Object.fromEntries(
          paths.map((path, index) => [path, nasty[(index * (shift + 1) + shift) % nasty.length] ?? null]),
        )
        return mappingOf(flow).flatMap(pair => {
          const { problems, notes } = difference([pair], flow.direction, source, null, context)
          return [...(problems.length > 0 ? [whyNot(problems, flow)] : []), ...notes]
        })
      })

      for (const text of new Set(said)) expect(text).to.match(/。$/)
    })
  }

  it('of every service that we put into words ourselves are sentences', () => {
    for (const { errors } of [...connectors, { errors: smarthrErrors }]) {
      for (const { shown } of errors.rules) if (shown !== undefined) expect(shown).to.match(/。$/)
    }
  })

  it("keep the service's words and add where the value is entered", () => {
    const { flow } = flowOf('freee', 'employees-from-smarthr')

    expect(whyNot(['入社日を入力してください'], flow)).to.equal(
      '入社日を入力してください。SmartHRの従業員情報で入力または修正してから、再度同期してください。',
    )
    expect(problemsOf(['姓を入力してください', '入社日を入力してください'], flow)).to.deep.equal([
      '姓を入力してください。',
      '入社日を入力してください。SmartHRの従業員情報で入力または修正してから、再度同期してください。',
    ])
    expect(whyNot(['登録できません。SmartHRで直してから、もう一度同期してください。'], flow)).to.equal(
      '登録できません。SmartHRで直してから、もう一度同期してください。',
    )
    expect(whyNot(['性別が登録されていません。'], flowOf('kinkakuji', 'employees-to-smarthr').flow)).to.equal(
      '性別が登録されていません。勤革時の従業員情報で入力または修正してから、再度同期してください。',
    )
  })

  it('tell a person whose department has no code or no name, without empty brackets', async () => {
    const examine = await examineEmployees({
      targets: () => Promise.resolve([]),
      sources: () => Promise.resolve([]),
      choices: () => Promise.resolve([]),
      sharing: () => Promise.resolve([]),
    })
    const said = async (code: string | null, name: string | null) =>
      (await examine(aPerson({ 'departments.0.code': code, 'departments.0.name': name }))).problems[0]

    expect(await said(null, '無番部')).to.equal(
      '部署「無番部」がミキワメに登録されていません。部署コードのない部署は、ミキワメに登録されません。SmartHRの部署の設定で部署コードを入力し、部署を同期してから、もう一度同期してください。',
    )
    expect(await said('A004', null)).to.equal(
      '部署「A004」がミキワメに登録されていません。部署を同期してから、もう一度同期してください。',
    )
    expect(await said('A004', 'サポート部')).to.match(/^部署「サポート部（A004）」がミキワメに登録されていません。/)
  })

  const sides: [what: string, here: [string, string][], there: [string, string][], reasons: RegExp[]][] = [
    [
      'three that pass their names round',
      [
        ['1', 'B'],
        ['2', 'C'],
        ['3', 'A'],
      ],
      [
        ['1', 'A'],
        ['2', 'B'],
        ['3', 'C'],
      ],
      [
        /「1」「2」「3」の部署名を入れ替える/,
        /「2」「3」「1」の部署名を入れ替える/,
        /「3」「1」「2」の部署名を入れ替える/,
      ],
    ],
    [
      'one that waits for two who swap',
      [
        ['0', 'A'],
        ['1', 'B'],
        ['2', 'A'],
      ],
      [
        ['1', 'A'],
        ['2', 'B'],
      ],
      [/部署コード「1」の部署名が変更された後に/, /「1」「2」の部署名を入れ替える/, /「2」「1」の部署名を入れ替える/],
    ],
    [
      'one whose name a department has that SmartHR does not know',
      [['1', 'B']],
      [
        ['1', 'A'],
        ['9', 'B'],
      ],
      [/SmartHRで部署名を変更するか、ミキワメで部署コード「9」の部署を確認/],
    ],
  ]
  for (const [what, here, there, reasons] of sides) {
    it(`tell departments what to do: ${what}`, async () => {
      const records = (rows: readonly [string, string][]) =>
        rows.map(([code, name]) => aPerson({ code, name, parent_code: null }, { id: code, key: code, name }))
      const examine = await examineDepartments({
        targets: () => Promise.resolve(records(there)),
        sources: () => Promise.resolve(records(here)),
        choices: () => Promise.resolve([]),
        sharing: () => Promise.resolve([]),
      })

      for (const [index, record] of records(here).entries()) {
        expect(inLine((await examine(record)).problems.map(shownOf))).to.match(reasons[index] ?? /never/)
      }
    })
  }
})

const inLine = (texts: readonly string[]) => texts.join('')

describe('what somebody is called by', () => {
  const { flow: people } = flowOf('mikiwame', 'employees-from-smarthr')
  const { flow: departments } = flowOf('mikiwame', 'departments-from-smarthr')
  const { flow: seed } = flowOf('freee', 'employees-from-smarthr')
  const item = (key: string | null, named?: { label: string; value: string }) => ({
    key,
    content: named ? { named } : {},
  })

  it("is the flow's own key, else a number, and never nothing", () => {
    expect(calledInMails(item('0012'), seed)).to.deep.equal({ label: '従業員番号', value: '0012' })
    expect(calledInMails(item(null), seed)).to.deep.equal({ label: '従業員番号', value: '社員番号なし' })
    expect(calledInMails(item('a@b.jp'), people)).to.deep.equal({ label: 'メールアドレス', value: 'a@b.jp' })
    expect(calledInMails(item(null, { label: '社員番号', value: '7' }), people)).to.deep.equal({
      label: '社員番号',
      value: '7',
    })
    expect(calledInMails(item(null), people)).to.deep.equal({ label: '社員番号', value: '社員番号なし' })
    expect(calledInMails(item('A001'), departments)).to.deep.equal({ label: '部署コード', value: 'A001' })
    expect(shownKey(item(null, { label: '社員番号', value: '7' }))).to.equal('社員番号：7')
  })

  it('has a sentence of its own for whoever is left out, and for nobody at all', () => {
    for (const { flow } of flows) {
      const nobody = aPerson(
        { emp_status: 'retired', code: null },
        { employedFrom: '1990-01-01', employedUntil: '1990-01-02' },
      )
      if (flow.words.leftOut === null) expect(flow.includes(nobody, '2026-11-26')).to.equal(true)
      else
        expect(flow.words.leftOut)
          .to.include(`{n}${flow.dataset === 'payslips' ? '件' : flow.words.counter}`)
          .and.match(/。$/)
      const date = stepOf(flow, 'date')
      if (date === undefined || date.unit) expect(flow.words.leftOut ?? '').not.to.include('在籍していない')
      expect(flow.words.empty).to.match(/^対象の.+(いません|ありません)。.+。$/)
    }
  })
})

describe('the result mail', () => {
  const about: About = { supportUrl: null, supportMail: null, privacyUrl: null, termsUrl: null }
  const run = {
    succeededCount: 1200,
    failedCount: 2,
    selectedCount: 1202,
    state: 'partly_failed' as const,
    automatic: false,
    adminName: '須磨 英子（001）',
  }
  const REASON =
    connectors.find(({ id }) => id === 'freee')?.errors.rules.find(({ code }) => code === 'source_ip_address_limit')
      ?.shown ?? ''

  it('names everybody also when one reason is common to all', () => {
    const { connector, flow } = flowOf('freee', 'employees-from-smarthr')
    const { text } = resultMail({
      about,
      connector,
      flow,
      run: { ...run, failure: REASON },
      company: '会社',
      failures: ['1020', '1021'].map(value => ({ label: '従業員番号', value, reason: REASON })),
      reportUrl: 'https://renkei.example/runs/1',
    })

    expect(text)
      .to.include(`従業員番号: 【1020】\n失敗理由: ${REASON}\n`)
      .and.include(`従業員番号: 【1021】\n失敗理由: ${REASON}\n`)
      .and.include('成功: 1,200件')
    expect(REASON)
      .to.match(/^接続元のIPアドレスからは、サービスをご利用いただくことができません。/)
      .and.include('設定し直してください。')
      .and.match(/同期するたびに必要です。$/)
  })

  for (const { connector, flow } of flows) {
    it(`says whom to ask in the service’s own words, or names whom the operator has set: ${connector.id} ${flow.id}`, () => {
      const asked = (set: Partial<typeof about>) =>
        (flow.kind === 'publication' ? publicationMail : resultMail)({
          about: { ...about, ...set },
          connector,
          flow,
          run: { ...run, failure: null },
          company: '会社',
          failures: [{ label: '従業員番号', value: '1020', reason: REASON }],
          reportUrl: '',
        })
          .text.split('\n')
          .filter(line => line.includes('お問い合わせください'))

      expect(asked({})).to.deep.equal([connector.mail.frame?.(flow)?.support ?? connector.mail.support])
      for (const set of [{ supportUrl: 'https://help.example/renkei' }, { supportMail: 'help@renkei.example' }])
        expect(asked(set))
          .to.have.length(1)
          .and.satisfy(([line = '']: string[]) =>
            line.includes(`（ ${Object.values(set)[0]} ）にお問い合わせください。`),
          )
    })

    it(`tells a failed and a stopped run apart by its subject: ${connector.id} ${flow.id}`, () => {
      const subjects = (['succeeded', 'failed', 'aborted'] as const).map(
        state =>
          (flow.kind === 'publication' ? publicationMail : resultMail)({
            about,
            connector,
            flow,
            run: { ...run, state, failure: null },
            company: '会社',
            failures: [],
            reportUrl: '',
          }).subject,
      )

      expect(new Set(subjects).size).to.equal(3)
      expect(subjects[1]).to.include('失敗')
      expect(subjects[2]).to.include('中止')
      for (const subject of subjects) expect(subject).to.match(/した｜会社$/)
    })
  }
})
