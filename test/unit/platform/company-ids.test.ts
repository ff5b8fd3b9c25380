import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import knex, { type Knex } from 'knex'
import { createTenantStore, type TenantStore } from '../../../server/install/tenant.store.js'
import { createDatabase, migrateToLatest, migrationSource } from '../../../server/platform/db.js'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js'

const MIGRATION = '025_company_ids'
const LATER = '027_company_changes'

describe('The ids a company is known by', () => {
  let database: TestDatabase
  let web: Knex
  let owner: Knex
  let store: TenantStore

  before(async () => {
    database = await createTestDatabase()
    web = createDatabase(database.webUrl, { poolMax: 20 })
    owner = knex({
      client: 'pg',
      connection: database.ownerUrl,
      migrations: { migrationSource, tableName: 'knex_migrations' },
    })
    store = createTenantStore(web)
  })
  after(async () => {
    await web.destroy()
    await owner.destroy()
    await database.drop()
  })

  const seen = async (smarthrId: string | null, ...companyIds: string[]) => {
    const company = await store.remember({ smarthrId, companyIds, subdomain: 'midori', name: 'みどり商会' })
    return company?.id ?? 'nobody'
  }
  /** of one test, so that its companies are nobody else's */
  const ids = () => Array.from({ length: 4 }, () => randomUUID()) as [string, string, string, string]

  it('make one of it, however many sign in for the first time at once, in whatever way', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [named, one, other] = ids()
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          n % 3 === 0 ? seen(named, one, other) : n % 3 === 1 ? seen(null, one) : seen(null, other, one),
        ),
      )
      expect(new Set(all).size).to.equal(1)
    }
  })

  it('are any of its companies, whichever comes first', async () => {
    const [one, other, third] = ids()
    const company = await seen(null, one, other)

    expect(await seen(null, other, third)).to.equal(company)
    expect(await seen(null, third)).to.equal(company)
  })

  it('are the one that SmartHR gives it before all others, also where it stands there twice from before', async () => {
    const [named, one, other] = ids()
    const old = await seen(null, one)
    const company = await seen(named)

    expect(company).not.to.equal(old)
    expect(await seen(named, one)).to.equal(company)
    expect(await seen(null, one), 'its companies have been seen').to.equal(company)
    expect(await seen(named, other)).to.equal(company)
  })

  it('stay known while nobody can be asked', async () => {
    const [named, one] = ids()
    const company = await seen(named, one)
    await seen(named)

    expect(await seen(null, one)).to.equal(company)
  })

  it('never lead to another one: an id of SmartHR’s is for ever, and what two have leads to neither', async () => {
    const [named, another, one] = ids()
    const company = await seen(named, one)
    const stranger = await seen(another, one)

    expect(stranger).not.to.equal(company)
    expect(await seen(named, one)).to.equal(company)
    expect(await seen(null, one)).to.equal('nobody')
    const rows = await web('tenants').whereIn('id', [company, stranger]).pluck('smarthr_id')
    expect(rows).to.have.members([named, another])
  })

  it('are neither made up nor left out', async () => {
    for (const wrong of [() => seen('company:x', 'x'), () => seen(null)])
      expect(await wrong().catch((error: Error) => error.message)).to.include('a company without an id')
  })

  it('come and go with the companies that are there, and the release before goes on beside them', async () => {
    const [named, one, other] = ids()
    const [company, silent] = [await seen(named, one), await seen(null, other)]
    for (const name of [LATER, MIGRATION]) await owner.migrate.down({ name })
    const kept = await web('tenants').whereIn('id', [company, silent]).orderBy('smarthr_id').pluck('smarthr_id')
    expect(kept).to.have.members([named, `company:${other}`])
    await migrateToLatest(database.ownerUrl)

    const backfilled = await web('tenants').where({ id: silent }).pluck('company_ids')
    expect(backfilled, 'its key tells its company').to.deep.equal([[other]])
    expect(await seen(null, other)).to.equal(silent)
    expect(await seen(named, one)).to.equal(company)
    const add = async (smarthrId: string) => {
      const [added] = await owner('tenants')
        .insert({ smarthr_id: smarthrId, subdomain: null, name: 'あおぞら工業' })
        .onConflict('smarthr_id')
        .merge({ subdomain: null })
        .returning<{ id: string }[]>('id')
      return added?.id
    }
    const [third, fourth, fifth] = ids()
    const of = { third: await add(`company:${third}`), fourth: await add(`company:${fourth}`) }
    expect(await seen(null, fifth, third), 'added by the release before').to.equal(of.third)
    expect(await seen(randomUUID(), fourth), 'and named since').to.equal(of.fourth)
  })
})
