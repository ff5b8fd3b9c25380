import { ReconnectNeeded, VendorUnavailable } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { GrantTokens } from '../smarthr/grant.service.js'
import type { Withdrawal } from './withdrawal.js'
import type { Asked, SmarthrAccounts, SmarthrUser } from './smarthr-account.js'

export interface RightDeps {
  accounts: Pick<SmarthrAccounts, 'me'>
  grants: GrantTokens
}

/**
 * Who an administrator is at SmartHR now; `refused`: it honours their authorisation no longer.
 */
export async function askWhoIs(
  { accounts, grants }: RightDeps,
  tenantId: string,
  adminId: string,
): Promise<Asked<SmarthrUser>> {
  try {
    const tokens = grants.of(tenantId, adminId)
    const token = await tokens.token()
    const answer = await accounts.me(token)
    return answer.kind === 'refused' ? await accounts.me(await tokens.renew(token)) : answer
  } catch (error) {
    return { kind: error instanceof ReconnectNeeded ? 'refused' : 'unavailable' }
  }
}

const MINUTE = 60_000

/**
 * Whether somebody is an administrator of the company at this very moment, by what SmartHR says. Whoever is none loses
 * what they had here. Throws where SmartHR does not answer.
 */
export const createRightCheck =
  ({ withdrawal, clock, ...deps }: RightDeps & { withdrawal: Pick<Withdrawal, 'rightLost'>; clock: Clock }) =>
  async (tenantId: string, adminId: string): Promise<boolean> => {
    const answer = await askWhoIs(deps, tenantId, adminId)
    if (answer.kind === 'unavailable')
      throw new VendorUnavailable(
        'SmartHRに接続できないため、管理者権限を確認できませんでした。何も開始していません。時間をおいて、やり直してください。',
        new Date(clock.now().getTime() + MINUTE),
      )
    if (answer.kind === 'refused') return false
    if (!answer.value.isAdmin) await withdrawal.rightLost(tenantId, adminId)
    return answer.value.isAdmin
  }
