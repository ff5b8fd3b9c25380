import { expect } from 'chai'
import knex from 'knex'
import pg from 'pg'
import { migrateToLatest, migrationSource } from '../../server/platform/db.js'
import { createTestDatabase } from '../helpers/database.js'

/** What a night of 定期チェック leaves: one that is being read, one that is done, and a mail about it. */
const NIGHT = `
  insert into tenants (smarthr_id, name) values ('t', 'みどり商会');
  insert into admins (tenant_id, smarthr_user_id, email, name) select id, 'u', 'u@midori.example', '花子' from tenants;
  insert into connections (tenant_id, connector, state, account_id, account_code, account_name, credentials, created_by)
    select tenant_id, 'freee', 'active', '1', '1', '1', 'sealed', id from admins;
  insert into schedules (tenant_id, connector, flow, rule, hour, reference, admin_id, slot_at, next_at)
    select tenant_id, 'freee', 'f', 'daily', 2, 'today', id, now(), now() from admins;
  insert into runs (tenant_id, connection_id, connector, flow, admin_id, state)
    select c.tenant_id, c.id, 'freee', 'f', c.created_by, s from connections c, unnest(array['checking', 'checked', 'ready']) s;
  insert into checks (tenant_id, schedule_id, run_id, begun_at, state)
    select s.tenant_id, s.id, r.id, now(), 'done' from schedules s, runs r where r.state <> 'ready';
  insert into mails (tenant_id, schedule_id, run_id, kind, recipient)
    select s.tenant_id, s.id, r.id, 'check', s.admin_id from schedules s, runs r where r.state = 'checked'`

describe('A release that goes back from 定期チェック', () => {
  it('finds no run in a state that it does not know, nor a mail that it would send to somebody else', async () => {
    const database = await createTestDatabase()
    const all = new pg.Client(database.superUrl)
    const owner = knex({
      client: 'pg',
      connection: database.ownerUrl,
      migrations: { migrationSource, tableName: 'knex_migrations' },
    })
    try {
      await all.connect()
      await all.query(NIGHT)
      await owner.migrate.down({ name: '048_schedules' })

      const states = await all.query<{ state: string }>('select state from runs order by state')
      expect(states.rows.map(({ state }) => state)).to.deep.equal(['cancelled', 'cancelled', 'ready'])
      expect((await all.query('select from mails')).rowCount).to.equal(0)
      await migrateToLatest(database.ownerUrl)
      expect((await all.query('select from schedules')).rowCount).to.equal(0)
    } finally {
      await all.end()
      await owner.destroy()
      await database.drop()
    }
  })
})
