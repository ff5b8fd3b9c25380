import { createInterface } from 'node:readline/promises'
import { actingAs } from './audit/actor.js'
import { configOrExit } from './config.js'
import { createContainer } from './container.js'
import { countFacts } from './housekeeping/company-words.js'

/** The operator deletes a company: `npm run delete-company -- <subdomain> [--yes]`. */
const [subdomain, ...flags] = process.argv.slice(2)
const say = (line: string) => void process.stdout.write(`${line}\n`)

/** For what is at work elsewhere to notice that it has ended. */
const TRIES = 10

async function deleteCompany(container: ReturnType<typeof createContainer>): Promise<number> {
  const { tenants, companyEnd } = container
  const tenant = subdomain ? await tenants.bySubdomain(subdomain) : null
  if (!tenant) {
    say(
      subdomain ? `No company has the subdomain ${subdomain}.` : 'Which company? npm run delete-company -- <subdomain>',
    )
    return 1
  }
  for (const [term, text] of countFacts(await companyEnd.counts(tenant.id))) say(`  ${term}: ${text}`)
  if (!flags.includes('--yes')) {
    const terminal = createInterface({ input: process.stdin, output: process.stdout })
    const typed = await terminal.question(`All of this goes. Type ${subdomain} to delete it: `)
    terminal.close()
    if (typed.trim() !== subdomain) {
      say('Nothing was deleted.')
      return 1
    }
  }
  await actingAs({ kind: 'operator' }, () => companyEnd.ask(tenant.id))
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await actingAs({ kind: 'operator' }, () => companyEnd.end(tenant.id))) {
      say(`${subdomain} was deleted.`)
      return 0
    }
  }
  say('Not deleted yet: the mail has not left. The workers go on with it every minute, for a day without the mail.')
  return 1
}

const container = createContainer(configOrExit())
process.exitCode = await deleteCompany(container).finally(() => container.close())
