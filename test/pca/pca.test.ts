import { expect } from 'chai'
import { tablesWith } from '../helpers/dump.js'
import type { Visitor } from '../helpers/visitor.js'
import { ADMIN, PASSWORD, startWorld, useWorld } from '../helpers/world.js'
import { connectPca } from '../helpers/connecting.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const TO_SMARTHR = 'employees-to-smarthr'
const FROM_SMARTHR = 'employees-from-smarthr'
const AREA = 'P20V01C001PAY0001'

type Json = Readonly<Record<string, unknown>>
interface Employee {
  [field: string]: unknown
  Code: string
  LastName: string
}
interface State {
  products: Record<string, { Name: string; employees: Employee[] }[]>
  sessions: unknown[]
  journal: { method: string; codes?: string[]; status: number; area?: string }[]
}

const anEmployee = (Code: string, changes: Json = {}): Json => ({
  Code,
  LastName: '相沢',
  FirstName: 'みお',
  LastKana: 'アイザワ',
  FirstKana: 'ミオ',
  BirthDate: '19930211',
  Gender: 'Female',
  EnterDate: '20180401',
  ...changes,
})

const aCrew = (code: string | null, changes: Json = {}): Json => ({
  emp_code: code,
  last_name: '相沢',
  first_name: 'みお',
  last_name_yomi: 'アイザワ',
  first_name_yomi: 'ミオ',
  gender: 'female',
  birth_at: '1993-02-11',
  entered_at: '2018-04-01',
  ...changes,
})

/** A person's row of the selection page. */
const rowOf = (visitor: Visitor, code: string) =>
  visitor
    .page()
    .html.split('<tr>')
    .find(row => new RegExp(`class="key"[^>]*>${code}<`).test(row))

describe('PCA', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'pca'] })
  // Whatever happened: nobody is left logged in.
  afterEach(async () => {
    await eventually('every log-in to end', async () => (await stateOf()).sessions.length === 0)
  })

  const stateOf = async () => (await world.control('GET', '/state?service=pca')) as State
  const employees = async () =>
    new Map(
      ((await stateOf()).products.Pay20?.find(area => area.Name === AREA)?.employees ?? []).map(one => [
        one.Code.trim(),
        one,
      ]),
    )
  const switches = (patch: Json) => world.control('PUT', '/switches', { service: 'pca', ...patch })
  const fault = (description: Json) => world.control('POST', '/faults', { service: 'pca', ...description })
  const staff = async (there: readonly Json[], here: readonly Json[]) => {
    await switches({ employees: there })
    await world.control('PUT', '/switches', { service: 'smarthr', crews: here })
  }
  const administrator = (connector = 'pca') => world.connected(connector)
  const connections = async () =>
    (
      await world.container.ownerPool.query<{ state: string; credentials: string }>(
        'select state, credentials from connections',
      )
    ).rows

  describe('connecting', () => {
    it('takes the four things that open the service, and never shows the secrets again', async () => {
      const visitor = await world.signedIn(ADMIN, '/pca')
      await connectPca(visitor)

      expect(visitor.page().text).to.include('PCAクラウド給与連携に成功しました').and.include('12345678')
      await visitor.get('/pca/connection')
      expect(visitor.page().html).to.include('value="12345678"').and.include('value="user01"')
      expect(visitor.page().html).not.to.include(PASSWORD)
      expect((await connections())[0]?.credentials).not.to.include(PASSWORD)
      expect(world.logs.join('')).not.to.include(PASSWORD)
      expect((await stateOf()).journal.map(entry => entry.method)).to.include.members(['FindDataArea', 'Logout'])
    })

    for (const [field, value, sentence] of [
      ['servicePassword', 'wrong', 'PCAへの接続に失敗しました。入力したIDとパスワードを確認してください。'],
      ['userName', 'nobody', 'PCAへの接続に失敗しました。'],
      ['serviceId', '', 'PCAサービスIDが入力されていません。'],
      ['password', '', 'PCAアプリパスワードが入力されていません。'],
      ['serviceId', 'x'.repeat(51), 'PCAサービスIDは50文字以内で入力してください。'],
    ] as const) {
      it(`stores nothing for ${field} = 「${value.slice(0, 10)}」, says why and keeps what was typed`, async () => {
        const visitor = await world.signedIn('hanako@midori.example', '/pca')
        await connectPca(visitor, 'pca', { [field]: value })

        expect(visitor.page().status).to.be.within(400, 499)
        expect(visitor.page().text).to.include(sentence)
        if (field !== 'userName') expect(visitor.page().html).to.include('value="user01"')
        expect(await connections()).to.deep.equal([])
      })
    }

    for (const [what, patch, sentence] of [
      ['the Web-API is not contracted', { contracted: false }, 'PCAクラウドWeb-APIが有効になっていません。'],
      ['every CAL is in use', { cals: 0 }, 'PCAの同時接続数の上限に達しています。'],
    ] as const) {
      it(`says so when ${what}`, async () => {
        await switches(patch)
        const visitor = await world.signedIn('hanako@midori.example', '/pca')
        await connectPca(visitor)

        expect(visitor.page().text).to.include(sentence)
        expect(await connections()).to.deep.equal([])
      })
    }

    it('keeps the two products apart', async () => {
      const visitor = await administrator()
      await visitor.get('/pca-hyper')
      expect(visitor.page().text).to.include('PCAクラウド給与hyperと連携していません。')
      await connectPca(visitor, 'pca-hyper')
      expect(visitor.page().text).to.include('PCAクラウド給与hyper連携に成功しました')
    })

    it('is not offered where the app is not registered with PCA', async () => {
      const alone = await startWorld({ worker: false, environment: { PCA_CLIENT_ID: '', PCA_CLIENT_SECRET: '' } })
      try {
        const visitor = await alone.signedIn('hanako@midori.example', '/')
        expect(visitor.page().text).not.to.include('PCAクラウド給与')
        expect((await visitor.get('/pca')).status).to.equal(404)
      } finally {
        await alone.close()
      }
    })
  })

  describe('the data area', () => {
    it('is asked for on every run, with company and term, and the last choice preset', async () => {
      const visitor = await administrator()
      await visitor.begin(`/pca/runs/new?flow=${TO_SMARTHR}`)
      expect(visitor.page().url).to.match(/\/area$/)
      expect(visitor.page().text).to.include('データ領域の選択').and.include('2026/').and.include(AREA)
      expect(visitor.page().html).not.to.include(' checked')
      await visitor.press('次へ')
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('データ領域が選択されていません。')

      await toSelection(visitor, TO_SMARTHR, 'P20V01C002PAY0001', 'pca')
      await visitor.begin(`/pca/runs/new?flow=${FROM_SMARTHR}`)
      expect(visitor.page().html).to.include('value="P20V01C002PAY0001" checked')
    })

    it('decides which people are read: pages of 200, as one photograph', async () => {
      const visitor = await administrator()
      await toSelection(visitor, TO_SMARTHR, 'P20V01C002PAY0001', 'pca')

      expect(visitor.page().text).to.match(/\/ 230/)
      const finds = (await world.calls('pca')).filter(call => call.path.includes('/Find/'))
      expect(finds.map(call => call.query.Offset ?? '0')).to.deep.equal(['0', '200'])
      expect(finds[1]?.query.SnapshotId).to.be.a('string').and.not.equal('')
    })

    it('is shown also when it is the only one, preset; and its absence is told', async () => {
      await switches({ deletedAreas: ['P20V01C001PAY0002', 'P20V01C002PAY0001', 'P20V01C003PAY0001'] })
      const visitor = await administrator()
      await visitor.begin(`/pca/runs/new?flow=${TO_SMARTHR}`)
      expect(visitor.page().html).to.include(`value="${AREA}" checked`)

      await switches({ deletedAreas: [AREA, 'P20V01C001PAY0002', 'P20V01C002PAY0001', 'P20V01C003PAY0001'] })
      await visitor.get(visitor.page().url)
      expect(visitor.page().text).to.include('選択できるデータ領域がありません。')
    })

    it('refuses one that is gone, made up or a list', async () => {
      const visitor = await administrator()
      await visitor.begin(`/pca/runs/new?flow=${TO_SMARTHR}`)
      await visitor.press('次へ', { area: 'P20V01C009PAY0009' })
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('選択したデータ領域が見つかりません。')
      await visitor.press('次へ', { area: [AREA, AREA] })
      expect(visitor.page().status).to.equal(422)
    })

    it('keeps two runs in two areas apart: each has a log-in of its own', async () => {
      await staff([anEmployee('1', { LastName: '旧姓' })], [aCrew('1')])
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await visitor.press('select-page')
      await visitor.press('確認')
      const colleague = await world.signedIn('jiro@midori.example', '/pca')
      await toSelection(colleague, TO_SMARTHR, 'P20V01C002PAY0001', 'pca')
      await visitor.press('同期')
      await reportOf(visitor, runId)

      expect((await employees()).get('1')?.LastName).to.equal('相沢')
      const writes = (await stateOf()).journal.filter(entry =>
        ['Create', 'Modify'].includes(entry.method.split('/')[0] ?? ''),
      )
      expect(new Set(writes.map(entry => entry.area))).to.deep.equal(new Set([AREA]))
    })

    it('ends the run in words when it is deleted between selection and 同期', async () => {
      await staff([anEmployee('1', { LastName: '旧姓' })], [aCrew('1')])
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await switches({ deletedAreas: [AREA] })
      await syncEverybody(visitor)

      expect((await reportOf(visitor, runId)).text).to.include('選択したデータ領域が見つかりません。')
    })
  })

  describe('a run', () => {
    it('registers ten people per call, and changes only what is mapped', async () => {
      await staff(
        [
          anEmployee('1', { LastName: '旧姓', MaidenName: '旧姓', WorkingState: 'Leave', NameChangeDate: '20200401' }),
          anEmployee('2'),
        ],
        ['1', '2', ...Array.from({ length: 23 }, (_, index) => String(100 + index))].map(code => aCrew(code)),
      )
      const before = (await employees()).get('1')
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await syncEverybody(visitor)
      expect((await reportOf(visitor, runId)).text).to.include('成功 24件')

      const { journal } = await stateOf()
      const writes = journal.filter(entry => /^(Create|Modify)/.test(entry.method))
      expect(writes.map(entry => entry.codes?.length)).to.deep.equal([1, 10, 10, 3])
      const now = await employees()
      expect(now.size).to.equal(25)
      const changed = Object.keys(before ?? {}).filter(
        field => JSON.stringify(before?.[field]) !== JSON.stringify(now.get('1')?.[field]),
      )
      expect(changed.sort()).to.deep.equal(['LastName', 'UpdateTime'])
    })

    it('brings people to SmartHR, kana in full width, dates in either form, and hints at 在籍状況', async () => {
      await switches({ dates: 'string' })
      await staff(
        [
          anEmployee('1', { LastKana: 'ｱｲｻﾞﾜ' }),
          anEmployee('2', { LastKana: 'ﾔﾏﾀﾞ', RetireDate: '20260331' }),
          anEmployee('3', { LastName: '新姓' }),
        ],
        [aCrew('1'), aCrew('3')],
      )
      const visitor = await administrator()
      const runId = await toSelection(visitor, TO_SMARTHR, AREA, 'pca')
      const row = rowOf(visitor, '2')
      expect(row).to.include('SmartHRの在籍状況は自動では変わりません。')
      expect(rowOf(visitor, '1')).to.include('差分なし')
      await syncEverybody(visitor)
      await reportOf(visitor, runId)

      const state = (await world.control('GET', '/state?service=smarthr')) as { tenants: { crews: Json[] }[] }
      const crews = new Map(state.tenants[0]?.crews.map(crew => [crew.emp_code, crew]))
      expect(crews.get('2')).to.include({ last_name_yomi: 'ヤマダ', resigned_at: '2026-03-31', emp_status: 'employed' })
      expect(crews.get('3')).to.include({ last_name: '新姓' })
    })

    it('never erases by a blank, in either direction', async () => {
      await staff(
        [anEmployee('1', { FirstKana: '', RetireDate: '20270331' }), anEmployee('2')],
        [aCrew('1', { resigned_at: null }), aCrew('2', { first_name_yomi: null, resigned_at: '2027-03-31' })],
      )
      const visitor = await administrator()
      await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      expect(rowOf(visitor, '1')).not.to.include('退職年月日')
      await toSelection(visitor, TO_SMARTHR, AREA, 'pca')
      expect(rowOf(visitor, '2')).to.include('差分なし')
    })

    for (const [code, ok] of [
      ['1234567890123', true],
      ['12345678901234', false],
      ['A0012', false],
      ['0007', true],
    ] as const) {
      it(`${ok ? 'registers' : 'tells that PCA can not have'} the number ${code}`, async () => {
        await staff([], [aCrew(code)])
        const visitor = await administrator()
        const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
        await syncEverybody(visitor)
        const report = await reportOf(visitor, runId)

        expect([...(await employees()).keys()]).to.deep.equal(ok ? [code] : [])
        if (!ok)
          expect(report.text).to.include(`社員番号「${code}」は、PCAの社員コード（13桁以内の数字）として登録できません`)
      })
    }

    it('finds nothing to do the second time, in either direction, in both products', async () => {
      for (const connector of ['pca', 'pca-hyper']) {
        const visitor = await administrator(connector)
        for (const flow of [FROM_SMARTHR, TO_SMARTHR]) {
          const runId = await toSelection(visitor, flow, undefined, connector)
          await syncEverybody(visitor)
          await reportOf(visitor, runId)
          await toSelection(visitor, flow, undefined, connector)
          await visitor.press('filter', { class: ['changed'] })
          expect(visitor.page().text, `${connector} ${flow}`).to.include('該当する従業員はいません')
        }
      }
    })
  })

  describe('bad luck', () => {
    const tenPeople = Array.from({ length: 10 }, (_, index) => String(index + 1).padStart(4, '0'))

    it('fails elements 3 and 7 of a batch alone, each with its reason', async () => {
      await switches({
        failElements: {
          '0003': { ErrorCode: 'PAY000018', ErrorMessage: '部門が正しくありません。' },
          '0007': { ErrorCode: 'PAY000016', ErrorMessage: '値が正しくありません。' },
        },
      })
      await staff(
        [],
        tenPeople.map(code => aCrew(code)),
      )
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await syncEverybody(visitor)
      const report = await reportOf(visitor, runId)

      expect(report.text)
        .to.include('成功 8件')
        .and.include('部門が正しくありません。')
        .and.include('値が正しくありません。')
      // PCA's words, which may name somebody
      expect(await tablesWith(world, ['部門が正しくありません', '値が正しくありません'])).to.deep.equal([])
      expect([...(await employees()).keys()].sort()).to.deep.equal(
        tenPeople.filter(code => !['0003', '0007'].includes(code)),
      )
    })

    for (const [what, description] of [
      ['the line is cut', { drop: true, applyFirst: true }],
      ['the answer is half a JSON', { truncate: true, applyFirst: true }],
      ['a proxy answers HTML', { status: 502, body: '<html></html>', applyFirst: true }],
    ] as const) {
      it(`has the right outcome for all ten when ${what} after the batch was stored`, async () => {
        await staff(
          [],
          tenPeople.map(code => aCrew(code)),
        )
        const visitor = await administrator()
        const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
        await fault({ method: 'POST', path: '/Create/', times: 1, ...description })
        await syncEverybody(visitor)

        expect((await reportOf(visitor, runId)).text).to.include('成功 10件')
        expect([...(await employees()).keys()].sort()).to.deep.equal(tenPeople)
      })

      it(`has the right outcome for all ten when ${what} after a Modify was stored`, async () => {
        await staff(
          tenPeople.map(code => anEmployee(code, { LastName: '旧姓' })),
          tenPeople.map(code => aCrew(code)),
        )
        const visitor = await administrator()
        const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
        await fault({ method: 'POST', path: '/Modify/', times: 1, ...description })
        await syncEverybody(visitor)

        expect((await reportOf(visitor, runId)).text).to.include('成功 10件')
        for (const employee of (await employees()).values()) expect(employee.LastName).to.equal('相沢')
      })
    }

    it('fails just the person whom somebody else edits at that moment', async () => {
      await staff(
        tenPeople.map(code => anEmployee(code, { LastName: '旧姓' })),
        tenPeople.map(code => aCrew(code)),
      )
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await switches({ editDuringRun: ['0004'] })
      await syncEverybody(visitor)
      const report = await reportOf(visitor, runId)

      expect(report.text)
        .to.include('成功 9件')
        .and.include('計画後に変更されています（他のユーザーにより更新されています）')
    })

    it('renews a token that ends in the middle, selects the area again and goes on', async () => {
      await staff(
        [],
        Array.from({ length: 25 }, (_, index) => aCrew(String(1000 + index))),
      )
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await fault({
        method: 'POST',
        path: '/Create/',
        times: 1,
        after: 1,
        status: 401,
        body: { Code: 'WEBSV600100', Message: 'アクセストークンの有効期限が切れています。' },
      })
      await syncEverybody(visitor)

      expect((await reportOf(visitor, runId)).text).to.include('成功 25件')
      expect((await employees()).size).to.equal(25)
      const selects = (await stateOf()).journal.filter(entry => entry.method === 'SelectDataArea')
      expect(selects.length).to.be.greaterThan(2)
    })

    it('waits for a free CAL and goes on by itself', async () => {
      await staff([], [aCrew('1')])
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await visitor.press('select-page')
      await visitor.press('確認')
      await switches({ cals: 0 })
      await visitor.press('同期')
      await eventually('the wait', async () => {
        await visitor.get(`/runs/${runId}`)
        return visitor.page().text.includes('PCAの同時接続数の上限に達しています。')
      })
      await switches({ cals: 2 })
      await world.container.ownerPool.query('update graphile_worker._private_jobs set run_at = now()')

      expect((await reportOf(visitor, runId)).text).to.include('成功 1件')
    })

    it('asks for the settings to be checked when the kept credentials no longer open anything', async () => {
      await staff([], [aCrew('1')])
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await switches({ credentialsValid: false })
      await syncEverybody(visitor)

      expect((await reportOf(visitor, runId)).text).to.include('PCA連携設定を確認してください。')
      await visitor.get('/pca')
      expect(visitor.page().text).to.include('再連携が必要')
      await switches({ credentialsValid: true })
      await connectPca(visitor)
      expect(visitor.page().text).to.include('連携中')
    })

    it('logs out when the run is cancelled, and when the service fails in the middle', async () => {
      await staff([anEmployee('1', { LastName: '旧姓' })], [aCrew('1')])
      const visitor = await administrator()
      const runId = await toSelection(visitor, FROM_SMARTHR, AREA, 'pca')
      await fault({ method: 'GET', path: '/Find/', status: 503 })
      await syncEverybody(visitor)
      await eventually('a wait', async () => {
        await visitor.get(`/runs/${runId}`)
        return visitor.page().text.includes('一時停止しています')
      })
      await eventually('the log-out', async () => (await stateOf()).sessions.length === 0)
      await visitor.press('同期を中止')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include('中止')
    })
  })
})
