import type { CheckStores } from './checks.deps.js'
import type { AutoOff, Paused, Schedule } from './schedule.store.js'

/** No check is made until somebody says so. All administrators are told, but for whom has just done it. */
export async function pause(
  { schedules, admins, mails, jobs, audit }: CheckStores,
  { schedule, why, now }: { schedule: Schedule; why: Exclude<Paused, 'stopped'>; now: Date },
): Promise<void> {
  await schedules.change(schedule.id, { paused: why, pausedAt: now, recountAt: null })
  await audit.add({ act: 'schedule.paused', connector: schedule.connector, details: { reason: pausedReasons[why] } })
  for (const { id } of await admins.administrators()) {
    const mailId = await mails.addCheck(schedule.id, { about: 'check-paused', runId: null, recipient: id }, now)
    if (mailId) await jobs.enqueue('mail.check', mailId)
  }
}

/** Why no check is made, and what to do about it. */
export const pausedReasons: Readonly<Record<Paused, string>> = {
  stopped: '管理者が停止しました。再開するには、［再開する］を押してください。',
  'owner-left':
    '定期チェックを保存した管理者が、SmartHRの管理者でなくなったため、停止しました。ほかの管理者が［引き継ぐ］を押すと、再開します。',
  unlinked: '連携が解除されたため、停止しました。連携してから［再開する］を押してください。',
  'not-offered':
    'このアプリで、連携サービスの提供が停止しているため、停止しました。提供が再開した後に、［再開する］を押してください。',
  unused: '90日間、だれもログインしていないため、停止しました。確認が必要な場合は、［再開する］を押してください。',
}

/** Why 自動で同期 has ended by itself, and what to do about it. */
export const autoOffReasons: Readonly<Record<AutoOff, string>> = {
  failed:
    '自動で開始した同期が成功しなかったため、「確認して同期」に変更しました。連携レポートで理由を確認してください。自動に戻す場合は、「自動で同期」を選択して保存してください。',
  'another-account':
    '連携先が変わったため、「確認して同期」に変更しました。自動に戻す場合は、内容を確認して3回同期してから、「自動で同期」を選択して保存してください。',
}
