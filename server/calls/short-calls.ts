import axios, { type AxiosRequestConfig, type AxiosResponse } from 'axios'

/** A token, a person or a list of companies is a few kB. */
const MAX_ANSWER_BYTES = 1024 * 1024

export type ShortCall = <T>(call: AxiosRequestConfig) => Promise<AxiosResponse<T>>

/**
 * For the calls around an authorisation, which a page waits for: a short answer within the given time, whatever its
 * status, and no redirect. What it throws carries tokens: only the fact may leave the caller.
 */
export function createShortCall(timeoutMs: number): ShortCall {
  const client = axios.create({
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    validateStatus: () => true,
    proxy: false,
  })
  // A time-out of axios starts again with every byte.
  return call => client.request({ ...call, signal: AbortSignal.timeout(timeoutMs) })
}
