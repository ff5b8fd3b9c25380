import { expect } from 'chai'
import type { ItemContent } from '../../server/runs/run.js'
import { firedFor } from '../../server/runs/guard.check.js'
import { guardFacts } from '../../server/runs/guard.facts.js'
import { createCompany, flowNamed, type Company } from './company.js'
import { brokenRules, type ModelCase, type ModelPerson } from './model.js'

const PLANS = 10_000
/** plans that are stored together */
const TOGETHER = 500

/** A small generator of our own: the same plans every time. */
function createDice(seed: number) {
  let state = seed
  const next = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
  return {
    upTo: (most: number) => Math.floor(next() * (most + 1)),
    chance: (share: number) => next() < share,
    one: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  }
}

type Dice = ReturnType<typeof createDice>

const FIELDS = ['last-name', 'bank-account-number', 'employee-number', 'basic-pension-number', 'phone', 'job-title']
/** few, so that people have the same, swap, or go blank */
const TEXTS = ['', '1', '2', '3', '4', '5']

function aPerson(dice: Dice, busy: number): ModelPerson {
  const kind = dice.one(['new', 'changed', 'changed', 'changed', 'same'] as const)
  const changes: Record<string, readonly [string, string]> = {}
  if (kind === 'changed')
    for (const field of FIELDS) {
      const [was, will] = [dice.one(TEXTS), dice.one(TEXTS)]
      if (was !== will && dice.chance(busy)) changes[field] = [was, will]
    }
  const number = changes['bank-account-number']
  return {
    kind,
    selected: kind !== 'same' && dice.chance(0.8),
    changes,
    ...(number && { account: [number[0], number[1]] as const }),
  }
}

/** Limits are as tight as a company may set them, so that few people suffice to stand at them. */
function aCase(dice: Dice): ModelCase {
  const busy = dice.one([0.05, 0.2, 0.5])
  const people = Array.from({ length: dice.upTo(24) }, () => aPerson(dice, busy))
  const both = (most: number, percent: number) => ({ people: dice.upTo(most), percent: dice.upTo(percent) })
  const before = dice.chance(0.7) ? dice.upTo(40) : null
  return {
    people,
    listedAtTarget: dice.upTo(40),
    listedBefore: before,
    listedNow: before === null ? dice.upTo(40) : Math.max(0, before - dice.upTo(10)),
    isFirst: dice.chance(0.4),
    limits: {
      sensitive: both(3, 5),
      blank: both(3, 2),
      updates: both(15, 30),
      new: both(8, 30),
      same: dice.upTo(6),
      fewer: dice.upTo(20),
      first: dice.upTo(20),
    },
  }
}

const flow = flowNamed('freee', 'employees-from-smarthr')

/** As the planner has it: what changes, in words, and the account's number in its path. */
function contentOf({ changes, account }: ModelPerson): ItemContent {
  const path = 'bank_account_rule.account_number'
  return {
    set: account ? { [path]: account[1] } : {},
    target: account ? { [path]: account[0] } : {},
    changes: Object.entries(changes).map(([field, [before, after]]) => ({ field, label: field, before, after })),
    problems: [],
    notes: [],
  }
}

describe('the guard beside a model of its own', () => {
  let company: Company
  before(async () => {
    company = await createCompany()
  })
  after(() => company.close())

  /** Stores these plans, each person with what the planner notes of them, and gives their runs. */
  async function store(cases: readonly ModelCase[]): Promise<string[]> {
    const { owner, tenantId, inTenant } = company
    await owner.query('delete from run_items')
    const connectionId = await company.connected('freee')
    const { rows } = await owner.query<{ id: string }>(
      `insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, created_at)
       select $1, $2, 'freee', 'employees-from-smarthr', a.id, 'cancelled', now() from admins a, generate_series(1, $3) returning id`,
      [tenantId, connectionId, cases.length],
    )
    const runs = rows.map(({ id }) => id)
    await inTenant(tenantId, ({ plannedItems }) => {
      const items = cases.flatMap(({ people }, at) => {
        const digest = plannedItems.digestsOf(runs[at] ?? '')
        return people.map((person, index) => ({
          run_id: runs[at],
          class: person.kind,
          source_id: `s${index}`,
          changed_fields: Object.keys(person.changes),
          selected: person.selected,
          guard: person.kind === 'changed' ? guardFacts(flow, contentOf(person), digest) : null,
        }))
      })
      return owner.query(
        `insert into run_items (tenant_id, run_id, class, source_id, key, name, kana, department, changed_fields, sealed,
           blocked, selected, guard)
         select $1, r.run_id, r.class, r.source_id, '', '', '', '', r.changed_fields, null, false, r.selected, r.guard
         from jsonb_to_recordset($2::jsonb) as r(run_id uuid, class text, source_id text, changed_fields text[],
           selected boolean, guard jsonb)`,
        [tenantId, JSON.stringify(items)],
      )
    })
    return runs
  }

  const countOf = (plan: ModelCase, kind: ModelPerson['kind']) => plan.people.filter(one => one.kind === kind).length

  it(`decides as the model does over ${PLANS} generated plans`, async function () {
    this.timeout(180_000)
    const dice = createDice(16)
    const seen: Record<string, number> = {}
    for (let done = 0; done < PLANS; done += TOGETHER) {
      const cases = Array.from({ length: TOGETHER }, () => aCase(dice))
      const ids = await store(cases)
      await company.inTenant(company.tenantId, async ({ guard, runs }) => {
        const template = await runs.find(ids[0] ?? '')
        if (!template) throw new Error('no run')
        for (const [at, plan] of cases.entries()) {
          const { sensitive, blank, updates, new: created, same, fewer, first } = plan.limits
          const fired = await firedFor(
            {
              counts: (runId, unique) => guard.counts(runId, unique),
              base: (_run, inScope) =>
                Promise.resolve({
                  inScope,
                  atTarget: plan.listedAtTarget,
                  source: plan.listedBefore === null ? null : { before: plan.listedBefore, now: plan.listedNow },
                  first: plan.isFirst,
                }),
              saved: () =>
                Promise.resolve({
                  sensitivePeople: sensitive.people,
                  sensitivePercent: sensitive.percent,
                  blankPeople: blank.people,
                  blankPercent: blank.percent,
                  updatesPeople: updates.people,
                  updatesPercent: updates.percent,
                  newPeople: created.people,
                  newPercent: created.percent,
                  samePeople: same,
                  fewerPercent: fewer,
                  firstUpdates: first,
                }),
            },
            {
              run: { ...template, id: ids[at] ?? '' },
              flow,
              plan: { new: countOf(plan, 'new'), changed: countOf(plan, 'changed'), same: countOf(plan, 'same') },
            },
          )
          const rules = fired.map(({ rule }) => rule).sort()
          expect(rules, `plan ${done + at}: ${JSON.stringify(plan)}`).to.deep.equal(brokenRules(plan))
          for (const rule of rules.length > 0 ? rules : ['none']) seen[rule] = (seen[rule] ?? 0) + 1
        }
      })
    }

    // Each rule is met often, and so is none: the plans stand on both sides of every limit.
    for (const rule of ['sensitive', 'blank', 'updates', 'new', 'swap', 'same', 'fewer', 'first', 'none']) {
      expect(seen[rule], rule).to.be.greaterThan(PLANS / 50)
      expect(seen[rule], rule).to.be.lessThan(PLANS * 0.9)
    }
  })
})
