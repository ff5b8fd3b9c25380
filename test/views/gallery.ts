import { mappingOf } from '../../server/contract/contract.js'
import express from 'express'
import type { Express } from 'express'
import session from 'express-session'
import type { Facets } from '../../server/runs/run.js'
import { uncertainReason } from '../../server/runs/reasons.js'
import { join } from 'node:path'
import { loadConfig } from '../../server/config.js'
import { endOwnConnectionPage } from '../../server/connections/own-connection.view.js'
import { revokeTokenPage, shownTokenPage } from '../../server/feed/access-token.view.js'
import { notAdminPage, signedOutPage } from '../../server/install/sign-in.view.js'
import { projectRoot } from '../../server/platform/root.js'
import { layout } from '../../server/web/layout.js'
import { noStore, securityHeaders } from '../../server/web/security.js'
import { drawWithEjs } from '../../server/web/views.js'
import { auditPictures } from './pictures.audit.js'
import { changesPictures } from './pictures.changes.js'
import { fieldPictures } from './pictures.fields.js'
import { scopePictures } from './pictures.scopes.js'
import { valuePictures } from './pictures.values.js'
import { filePictures } from './pictures.files.js'
import { guardPictures } from './pictures.guard.js'
import { helpPictures } from './pictures.help.js'
import { peoplePictures } from './pictures.people.js'
import { approvalPictures } from './pictures.approval.js'
import { schedulePictures } from './pictures.schedule.js'
import { payslipPictures } from './gallery.payslips.js'
import {
  aLink,
  arealConnection,
  aToken,
  connection,
  connectionConfirm,
  connectionNew,
  disconnect,
  given,
  itsAuth,
  link,
  linkConfirm,
  pullingTokens,
  settings,
  tokenList,
  tokenNew,
} from './pictures.connections.js'
import {
  beginOf,
  chooseTenant,
  dashboard,
  errorPage,
  excluded,
  fail,
  failed,
  home,
  long,
  odd,
  type Picture,
  problematic,
  same,
  signInFailed,
} from './pictures.js'
import {
  aPublication,
  area,
  arealFlow,
  confirm,
  date,
  fetching,
  linkedRuns,
  options,
  report,
  runs,
  select,
} from './pictures.runs.js'
import {
  aConnection,
  anEndedRun,
  anItem,
  areal,
  areas,
  aRun,
  toService,
  EVIL,
  linked,
  LONG,
  people,
  pulling,
  RUN_ID,
  waiting,
} from './samples.js'

const tallied = (fields: Record<string, number>) => ({
  fields,
  takeable: { new: 0, changed: 0 },
  ownTicks: 0,
  doomed: 9,
})

/** A plan whose people have these departments, and no 雇用形態 but one. */
const facetsOf = (warned: number, ...departments: [name: string | null, people: number][]): Facets => {
  const of = (people: number) => ({
    new: people,
    changed: 0,
    same: 0,
    excluded: 0,
    takeable: { new: people, changed: 0 },
  })
  return {
    departments: departments.map(([name, people]) => ({ name, ...of(people) })),
    employmentTypes: [{ name: null, ...of(1_292) }],
    warned: of(warned),
  }
}

/** Every page in every state worth a look. */
export const gallery: Readonly<Record<string, Picture>> = {
  ...payslipPictures,
  ...auditPictures,
  ...changesPictures,
  ...peoplePictures,
  ...fieldPictures,
  ...scopePictures,
  ...valuePictures,
  ...helpPictures,
  ...approvalPictures,
  ...schedulePictures,
  home: home(false),
  'home-connected': home(true),
  'sign-in-denied': signInFailed('denied'),
  'sign-in-stale': signInFailed('stale'),
  'sign-in-failed': signInFailed('failed'),
  'sign-in-unavailable': signInFailed('unavailable'),
  'not-admin': { view: 'pages/not-admin', locals: { page: notAdminPage('/freee') }, signedOut: true },
  'signed-out': { view: 'pages/signed-out', locals: { page: signedOutPage(`/runs/${RUN_ID}`) }, signedOut: true },
  'choose-tenant': chooseTenant(),
  'choose-tenant-error': chooseTenant({ error: '企業アカウントが選択されていません。' }),
  'choose-tenant-typed': chooseTenant({ candidates: [], typed: EVIL, error: 'サブドメインが正しくありません。' }),
  'error-404': errorPage('お探しのページは見つかりませんでした', 'URLを確認してください。', null),
  'error-500': errorPage('予期しないエラーが発生しました', 'やり直してください。', 'b1946ac9'),
  'error-reconnect': errorPage('操作を完了できませんでした', '再連携が必要です。', null, true),
  'connection-new': connectionNew({}),
  'connection-new-error': connectionNew({
    typed: { accountCode: EVIL },
    errors: { accountCode: '事業所番号が正しくありません。' },
    problem: 'freee人事労務での許可が完了しませんでした。',
  }),
  'connection-confirm': connectionConfirm({}),
  'connection-confirm-errors': connectionConfirm({
    pending: aConnection({ accountName: EVIL }),
    ticks: { account: true, notes: false },
    errors: { notes: '注意事項を確認して、チェックを入れてください。' },
  }),
  connection: connection(),
  'connection-broken': connection({ connection: aConnection({ state: 'reconnect_needed', accountName: LONG }) }),
  disconnect: disconnect({}, null),
  'disconnect-error': disconnect({ accountName: LONG }, 'チェックを入れてください。'),
  settings: settings({ pay_calc_type: 'monthly' }, {}),
  'settings-errors': settings(
    { working_hours_system_name: EVIL },
    { pay_amount: '基本給が入力されていません。', pay_calc_type: '給与方式が選択されていません。' },
  ),
  dashboard: dashboard({ runs: [anEndedRun()] }),
  'dashboard-mail': dashboard({
    runs: [
      anEndedRun({ adminName: 'hanako@midori.example' }),
      anEndedRun({ adminName: `${'a'.repeat(40)}@x.example` }),
    ],
  }),
  'dashboard-unconnected': dashboard({ connection: null }),
  'dashboard-broken': dashboard({ connection: aConnection({ state: 'reconnect_needed' }) }),
  'dashboard-smarthr-broken': dashboard({ smarthrActive: false }),
  'dashboard-no-settings': dashboard({ settingsSaved: false }),
  'dashboard-running': {
    ...dashboard({
      active: aRun({ state: 'running', queuedAt: new Date('2026-01-31T15:01:00Z'), selectedCount: 62 }),
      runs: [anEndedRun({ adminName: EVIL })],
    }),
    flash: [
      { kind: 'success', text: '同期を開始しました', link: { href: '/freee', label: '確認' } },
      { kind: 'error', text: EVIL },
      { kind: 'warning', text: '対象が変わりました。内容を確認してください。' },
      { kind: 'info', text: 'お知らせ' },
      { kind: 'sync', text: '実行中' },
    ],
  },
  'dashboard-reports': dashboard({
    connector: waiting,
    runs: [aRun({ state: 'ready' }), anEndedRun(), anEndedRun({ adminName: EVIL })],
    now: new Date('2026-01-30T23:25:00Z'),
  }),
  'dashboard-closed': dashboard({ connector: waiting, now: new Date('2026-01-31T00:00:00Z') }),
  'connection-new-both': connectionNew({
    connector: waiting,
    hasConsent: waiting.auth.consent !== undefined,
    errors: { accessToken: 'アクセストークンが入力されていません。' },
  }),
  'connection-token': connection({
    connector: waiting,
    connection: aConnection({ accountCode: '' }),
    hasConsent: false,
  }),
  'connection-new-form': connectionNew({ connector: areal, hasConsent: false }),
  'connection-new-form-errors': connectionNew({
    connector: areal,
    hasConsent: false,
    typed: { serviceId: 'x'.repeat(51), userName: EVIL },
    errors: {
      serviceId: 'PCAサービスIDは50文字以内で入力してください。',
      servicePassword: 'PCAサービスパスワードが入力されていません。',
      password: 'PCAアプリパスワードが入力されていません。',
    },
  }),
  'connection-new-form-problem': connectionNew({
    connector: areal,
    hasConsent: false,
    typed: { serviceId: '12345678', userName: 'user01' },
    problem: 'PCAへの接続に失敗しました。入力したIDとパスワードを確認してください。',
  }),
  'connection-form-broken': connection({
    connector: areal,
    connection: { ...arealConnection, state: 'reconnect_needed' },
    hasConsent: false,
    typed: { serviceId: '12345678', userName: 'user01' },
  }),
  'dashboard-areal': dashboard({
    connector: areal,
    connection: arealConnection,
    runs: [
      anEndedRun({ connector: areal.id, flow: arealFlow.id }),
      anEndedRun({ connector: areal.id, flow: arealFlow.id, adminName: LONG, state: 'succeeded', failedCount: 0 }),
    ],
  }),
  'tokens-empty': tokenList([]),
  'tokens-unconnected': tokenList([], false),
  tokens: tokenList([
    aToken(),
    aToken({ name: LONG, memo: LONG, createdByName: `${'a'.repeat(40)}@x.example`, attributes: ['last_name'] }),
    aToken({ name: EVIL, memo: EVIL, createdByName: EVIL, resources: ['employees'], lastUsedAt: null }),
    aToken({ name: '古いトークン', memo: '', revokedAt: new Date('2026-01-31T15:00:00Z') }),
  ]),
  'token-new': tokenNew({}),
  'token-new-errors': tokenNew({
    typed: { name: EVIL, memo: LONG },
    attributes: [],
    resources: [],
    errors: {
      name: 'アクセストークン名は、100文字以内で入力してください。',
      resources: 'リソースが選択されていません。1つ以上選択してください。',
      attributes: '「参照」を許可する項目が選択されていません。1つ以上選択してください。',
    },
  }),
  'token-shown': {
    view: 'pages/access-token-shown',
    locals: {
      connector: pulling,
      page: shownTokenPage({
        connector: pulling,
        tokens: pullingTokens,
        name: LONG,
        issued: `rk_${'A'.repeat(43)}`,
        given,
      }),
    },
  },
  'token-revoke': {
    view: 'pages/access-token-revoke',
    locals: { connector: pulling, page: revokeTokenPage(pulling, pullingTokens, aToken({ name: LONG })) },
  },
  'dashboard-publishing': dashboard({
    connector: pulling,
    connection: aConnection({ connector: pulling.id, accountCode: '' }),
    runs: [aPublication(), aPublication({ state: 'expired', endedAt: new Date('2026-02-07T15:05:00Z') })],
  }),
  'dashboard-no-token': dashboard({
    connector: pulling,
    connection: aConnection({ connector: pulling.id, accountCode: '' }),
    fetchable: [],
  }),
  'report-published': report(aPublication(), { connector: pulling, items: people(3, { class: 'new' }) }),
  'report-pulled': report(
    aPublication({
      succeededCount: 20,
      failedCount: 2,
      pulledCount: 62,
      pulledAt: new Date('2026-01-31T15:30:00Z'),
      pulledWith: LONG,
    }),
    { connector: pulling, items: failed, failures: failed, counts: { pending: 40 } },
  ),
  'report-publication-expired': report(
    aPublication({
      state: 'expired',
      endedAt: new Date('2026-02-07T15:05:00Z'),
      failure: '公開期限までに取り込まれなかったため、公開を終了しました。',
    }),
    { connector: pulling, items: people(2, { class: 'new', outcome: 'not_run' }), counts: { not_run: 62 } },
  ),
  'link-none': link('none'),
  'link-active': link('active', [{ kind: 'success', text: itsAuth.texts.done }]),
  'link-item-gone': link('active', [{ kind: 'success', text: itsAuth.texts.done }], true),
  'link-item-untouched': link('active', [], true, linked.customItem?.again.untouched ?? ''),
  'link-expired': link('expired'),
  'link-expired-moved': link('expired', [{ kind: 'warning', text: itsAuth.texts.expired }]),
  'link-confirm': linkConfirm(false),
  'link-confirm-again': linkConfirm(true),
  unlink: {
    view: 'pages/own-connection-end',
    locals: { connector: linked, page: endOwnConnectionPage(linked, itsAuth) },
  },
  begin: beginOf(linked),
  'dashboard-link': dashboard({ connector: linked, connection: aLink(), runs: linkedRuns }),
  'dashboard-link-soon': dashboard({
    connector: linked,
    connection: aLink({ accountName: LONG, validUntil: new Date('2026-02-03T15:02:00Z') }),
  }),
  'dashboard-link-expired': dashboard({
    connector: linked,
    connection: aLink({ validUntil: new Date('2026-01-31T15:01:59Z') }),
    runs: linkedRuns,
  }),
  'dashboard-unlinked': dashboard({ connector: linked, connection: null, runs: linkedRuns }),
  'settings-radio': settings({ employee_name: 'legal' }, {}, waiting, waiting.settings ?? fail('settings')),
  options: options({}),
  'options-error': options({ error: '雇用区分が選択されていません。' }),
  'options-empty': options({ empty: true }),
  'options-problem': options({ problem: 'メンテナンス中のため一時停止しています（10:00に再開）' }),
  'options-kept': options({
    problem: 'メンテナンス中のため一時停止しています（10:00に再開）',
    typed: { division: '1000', working_type: '1' },
  }),
  'select-settings': select([...people(2), anItem(3, { blocked: true, class: 'new' })], {
    settings: { text: '従業員氏名の設定：従業員氏名を本名で連携する', changed: true },
  }),
  'report-fetching': report(aRun({ state: 'fetching', fetched: 40, fetchTotal: null }), { connector: waiting }),
  'report-ready': report(aRun({ settings: { employee_name: 'business' } }), { connector: waiting }),
  'report-nobody': report(aRun({ counts: { new: 0, changed: 0, same: 0, excluded: 0, leftOut: 3 } }), {
    connector: waiting,
  }),
  'report-unread': report(aRun({ state: 'failed', failure: EVIL, endedAt: new Date('2026-01-31T15:01:00Z') }), {
    connector: waiting,
  }),
  runs: runs([anEndedRun(), anEndedRun({ state: 'succeeded', failedCount: 0 }), aRun({ state: 'failed' })]),
  'runs-error-files': runs(linkedRuns, '', linked),
  'runs-error-files-empty': runs([], '', linked),
  'runs-empty': runs([]),
  'runs-no-match': runs([], 'failed'),
  date: date(null, '2026-01-31'),
  'date-error': date('情報取得基準日が入力されていません。', EVIL),
  area: area(),
  'area-preset': area({ last: areas[2]?.value ?? null }),
  'area-error': area({ error: 'データ領域が選択されていません。' }),
  'area-empty': area({ areas: [] }),
  'area-problem': area({
    areas: [],
    problem: 'PCAの同時接続数の上限に達しています。時間をおいて再度お試しください。',
  }),
  fetch: fetching({ fetched: 3_120 }),
  'fetch-unknown-total': fetching({ fetched: 40, fetchTotal: null }),
  'fetch-planning': fetching({ planned: 1_500, sourceListed: 4_000 }),
  'fetch-waiting': fetching({ waitingReason: 'freee人事労務が混み合っています。' }),
  'fetch-failed': fetching({ state: 'failed', failure: EVIL }),
  'fetch-reconnect': fetching(
    { state: 'failed', failure: 'SmartHRとの連携の有効期限が切れています。' },
    { href: '/auth/smarthr?returnTo=%2Ffreee', label: '再連携する' },
  ),
  select: select(people(50), {
    run: aRun({ tallies: tallied({ 'last-name': 1_203, gender: 87, 'bank-account-holder': 1 }) }),
    total: 10_234,
    selectable: 234,
    page: { hasNext: true },
  }),
  'select-fields': select(people(3), {
    run: aRun({ tallies: tallied(Object.fromEntries(mappingOf(toService).map(({ id }, n) => [id, 3_000 - n]))) }),
    view: { field: 'bank-account-number' },
  }),
  'select-omitted': select(people(3), {
    run: aRun({ tallies: tallied({ 'last-name': 1_203, gender: 87 }), omitted: ['email', 'bank-account-number'] }),
    view: { field: 'gender' },
  }),
  'select-middle': select(people(50, { selected: true }), {
    total: 10_234,
    selectable: 10_234,
    selected: 10_234,
    number: 3,
    page: { hasNext: true, hasPrevious: true },
    view: { q: EVIL, classes: ['changed', 'same'], sort: 'kana', descending: true },
  }),
  'select-facets': select(people(3), {
    facets: facetsOf(3, [EVIL, 1_203], [LONG, 87], [null, 2]),
    view: { department: EVIL, employmentType: '', warned: true, chosen: true, rows: 100 },
  }),
  'select-warned': select(people(3), { facets: facetsOf(12), warned: ['須磨 英子', '田中 誠', '鈴木 一郎'] }),
  'select-odd': select([odd(1), long, excluded, same, problematic], { selectable: 3 }),
  'select-nobody': select([], { run: aRun({ counts: { new: 0, changed: 0, same: 0, excluded: 0, leftOut: 0 } }) }),
  'select-no-match': select([], { view: { q: 'いない人' } }),
  'select-error': select(people(3), { error: '従業員が選択されていません。' }),
  confirm: confirm(people(50, { selected: true }), 62, { hasNext: true }),
  ...guardPictures,
  ...filePictures,
  'confirm-few': confirm([odd(1, { class: 'new' }), long, problematic]),
  'report-queued': report(aRun({ state: 'queued', queuedAt: new Date('2026-01-31T15:05:00Z'), selectedCount: 62 }), {
    counts: { pending: 62 },
    items: people(3),
  }),
  'report-unconfirmed': report(anEndedRun({ failedCount: 0, unconfirmedCount: 2 }), {
    counts: { unconfirmed: 2 },
    items: people(2, { class: 'new', outcome: 'unconfirmed', reason: uncertainReason('freee人事労務') }),
  }),
  'report-waiting': report(
    anEndedRun({
      state: 'running',
      endedAt: null,
      waitingUntil: new Date('2026-01-31T16:00:00Z'),
      waitingReason: '一時停止しています。2026/02/01 01:00ごろに自動で再開します。1時間の上限に達しました。',
      cancelRequestedAt: new Date('2026-01-31T15:20:00Z'),
    }),
    { items: people(3) },
  ),
  report: report(anEndedRun(), { items: [...failed, ...people(48, { outcome: 'succeeded' })], failures: failed }),
  'report-unwritable': report(anEndedRun(), {
    items: [...failed, ...people(48, { outcome: 'succeeded' })],
    failures: failed,
    unwritable: { failed: 3, all: 1200 },
  }),
  'report-succeeded': report(anEndedRun({ state: 'succeeded', failedCount: 0 }), {
    items: people(3, { outcome: 'succeeded' }),
  }),
  'report-to-undo': report(anEndedRun({ state: 'succeeded', failedCount: 0 }), {
    items: people(3, { outcome: 'succeeded' }),
    undo: { why: null, written: { changed: 1_234, registered: 5 }, undoneBy: anEndedRun() },
  }),
  'report-of-undo': report(anEndedRun({ undoneAt: new Date('2026-01-31T14:02:00Z') }), {
    items: people(3, { outcome: 'succeeded' }),
    undo: {
      why: 'この同期で変更した項目がないため、取り消すものはありません。',
      written: { changed: 0, registered: 0 },
      undoneBy: null,
    },
  }),
  'report-failed': report(
    anEndedRun({ state: 'failed', succeededCount: 0, failedCount: 0, failure: '再連携が必要です。' }),
    {
      items: [odd(1, { outcome: 'not_run', reason: EVIL })],
      counts: { not_run: 62 },
    },
  ),
  'report-deleted': report(anEndedRun({ peopleDeletedAt: new Date('2026-03-02T15:00:00Z') }), {
    items: [anItem(1, { key: null, name: '', outcome: 'failed', reason: '入社日を入力してください。' })],
    failures: [anItem(1, { key: null, name: '', outcome: 'failed', reason: '入社日を入力してください。' })],
  }),
}

const LONG_NAME = 'a-department-that-looks-after-everything-and-everybody'

const config = loadConfig({ NODE_ENV: 'test', ...testSecrets() })

/** Enough of an environment to load a configuration; nothing of it is used. */
function testSecrets(): Record<string, string> {
  return {
    DATABASE_URL: 'postgres://nobody@localhost/none',
    SESSION_SECRETS: 'a'.repeat(32),
    TOKEN_KEYS: `one:${Buffer.alloc(32, 7).toString('base64')}`,
    SMTP_URL: 'smtp://localhost:25',
    MAIL_FROM: 'Renkei <noreply@renkei.example>',
    // As long as addresses get: no page may become wider by them.
    SUPPORT_URL: `https://${LONG_NAME}.example.co.jp/contact?from=renkei&lang=ja`,
    SUPPORT_MAIL: `${LONG_NAME}@${LONG_NAME}.example.co.jp`,
    PRIVACY_URL: `https://www.example.co.jp/${LONG_NAME}/privacy`,
    TERMS_URL: `https://www.example.co.jp/${LONG_NAME}/terms`,
    SMARTHR_CLIENT_ID: 'id',
    SMARTHR_CLIENT_SECRET: 'secret',
    FREEE_CLIENT_ID: 'id',
    FREEE_CLIENT_SECRET: 'secret',
  }
}

/** The gallery's pages at `/{name}`, with the app's own headers, layout and assets, but neither database nor sign-in. */
export function createGallery(pictures: Readonly<Record<string, Picture>> = gallery): Express {
  const app = express()
  drawWithEjs(app, { cache: true })
  app.use(securityHeaders({ production: false, consentUrls: [config.smarthr.authUrl] }))
  app.use('/assets', express.static(join(projectRoot, 'public'), { maxAge: '1y', immutable: true }))
  app.use(noStore)
  app.use(session({ secret: 'gallery', resave: false, saveUninitialized: false }))
  app.get('/:name', (req, res, next) => {
    const picture = pictures[req.params.name]
    if (!picture) return next()
    if (!picture.signedOut) {
      res.locals.tenant = { id: 'tenant', smarthrId: 's', subdomain: 'midori-shokai', name: '株式会社みどり商会' }
      res.locals.admin = { id: 'admin', name: '須磨 英子（001）', email: 'eiko@midori.example' }
    }
    layout({ config })(req, res, () => {
      res.render(picture.view, { ...picture.locals, flash: picture.flash ?? [] })
    })
  })
  return app
}
