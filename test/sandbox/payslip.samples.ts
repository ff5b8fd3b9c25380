import type { Json, SmarthrWorld } from './smarthr.world.js'

export const aPayroll = (changes: Json = {}): Json => ({
  payment_type: 'salary',
  paid_at: '2026-10-23',
  period_start_at: '2026-10-01',
  period_end_at: '2026-10-31',
  numeral_system_handle_type: 'as_is',
  name_for_admin: '2026年10月給与（連携）',
  name_for_crew: '2026年10月給与',
  ...changes,
})

/** `values` of a payslip whose sums are right, and what is put in their place. */
export const someValues = (changes: Record<string, unknown> = {}) =>
  Object.entries({
    労働日数: '20',
    時間外労働: '25:30',
    基本給: '300000',
    欠勤控除: '-3000',
    健康保険料: '15000',
    支給合計: '297000',
    控除合計: '15000',
    差引支給額: '282000',
    ...changes,
  }).map(([key, value]) => ({ key, value }))

/** The ids of crews by 社員番号. */
export async function idsOf(world: SmarthrWorld, ...codes: string[]): Promise<string[]> {
  const { body } = await world.get('/crews?per_page=100')
  return codes.map(code => String(body.find(crew => crew.emp_code === code)?.id))
}

/** The ids of its payroll and of two people. */
export async function startPayroll(world: SmarthrWorld, changes: Json = {}) {
  const payroll = String((await world.post('/payrolls', aPayroll(changes))).body.id)
  const [first = '', second = ''] = await idsOf(world, '001001', '001002')
  return { path: `/payrolls/${payroll}`, first, second }
}

export const messagesOf = (body: Json) => (body.errors as { message: string }[]).map(({ message }) => message)
