import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import { AppError, NotFound, ReconnectNeeded } from '../errors.js'
import type { Logger } from '../platform/logger.js'
import { logContext } from '../platform/logger.js'
import { KeyMissing } from '../platform/seal.js'
import { isDatabaseTrouble } from '../platform/database-trouble.js'
import type { Page } from './page.js'

/** What an error page says: 事象 as heading, cause and remedy below. */
export interface ErrorPage extends Page {
  text: string
  requestId: string | null
  signInAgain: boolean
}

const NOT_ACCEPTED = 'リクエストを受け付けられませんでした'

const titles: Readonly<Record<number, string>> = {
  400: NOT_ACCEPTED,
  403: 'この操作はできません',
  404: 'お探しのページは見つかりませんでした',
  409: '操作を完了できませんでした',
  413: '送信された内容が大きすぎます',
  422: '操作を完了できませんでした',
  429: 'アクセスが集中しています',
  503: 'ただいま接続できません',
}

const NOT_FOUND =
  'お探しのページは一時的にアクセスができない状況にあるか、移動もしくは削除された可能性があります。URLを確認するか、ホームからやり直してください。'

const UNEXPECTED =
  '予期しないエラーが発生しました。時間をおいて、やり直してください。解消しない場合は、下記のお問い合わせ番号を添えてお問い合わせください。'

const NO_KEY =
  '保存している情報を開くための鍵が、Renkeiに設定されていません。情報は失われていません。管理者の操作では解消しないため、下記のお問い合わせ番号を添えてお問い合わせください。'

const NO_DATABASE =
  'Renkeiのデータベースに接続できないため、画面を表示できません。実行中の同期は、接続が回復すると自動で再開します。数分待ってから、画面を再読み込みしてください。解消しない場合は、下記のお問い合わせ番号を添えてお問い合わせください。'

export const notFound: RequestHandler = () => {
  throw new NotFound()
}

/** Errors of the framework's own parsers carry a status below 500. */
const statusOf = (error: unknown): number => {
  if (error instanceof AppError) return error.status
  if (isDatabaseTrouble(error)) return 503
  const status = (error as { status?: unknown }).status
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500
}

const textOf = (error: unknown, status: number): string => {
  if (error instanceof NotFound || status === 404) return NOT_FOUND
  if (error instanceof AppError) return error.message
  if (status === 413)
    return '送信された内容が大きすぎるため、受け付けられませんでした。入力を短くして、やり直してください。'
  if (status === 503) return NO_DATABASE
  if (error instanceof KeyMissing) return NO_KEY
  if (status < 500)
    return '送信された内容の形式が正しくないため、読み取れませんでした。画面を再読み込みして、やり直してください。'
  return UNEXPECTED
}

const BROKEN_OFF = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_UNABLE_TO_PIPE', 'ERR_STREAM_DESTROYED'])

/** Whoever asked has gone before the answer's end: a file is big, or the line is bad. */
const hasLeft = (error: unknown, res: Response): boolean =>
  res.destroyed && !res.writableFinished && BROKEN_OFF.has((error as { code?: string }).code ?? '')

/** The one place that shows errors. A lost authorisation leads to where it can be renewed. */
export const errorHandler =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    if (hasLeft(error, res)) {
      log.info('answer broken off by who asked', { path: req.path })
      return
    }
    const status = statusOf(error)
    const level = error instanceof AppError ? error.level : status >= 500 ? 'error' : 'info'
    log[level]('request failed', { status, path: req.path, err: error })
    // Half of the answer has left, and no page can follow it: the other side must see that it is not whole.
    if (res.headersSent) {
      res.destroy()
      return
    }
    const page: ErrorPage = {
      title:
        error instanceof KeyMissing
          ? '保存した情報を開けません'
          : status >= 500 && status !== 503
            ? '予期しないエラーが発生しました'
            : (titles[status] ?? NOT_ACCEPTED),
      text: textOf(error, status),
      requestId: status >= 500 ? (logContext().requestId ?? null) : null,
      signInAgain: error instanceof ReconnectNeeded && error.side === 'smarthr',
    }
    res.status(status)
    if (req.accepts(['html', 'json']) === 'json') res.json({ error: page.text })
    else res.render('pages/error', { page })
  }
