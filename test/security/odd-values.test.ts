import { expect } from 'chai'
import { useWorld } from '../helpers/world.js'
import { EXPECTED } from './routes.js'
import { addressOf, ask, build, csrfOf, methodOf, type Stage } from './stage.js'

const place = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What nobody means, in every place that takes something. */
const ODD = [
  '',
  ' ',
  'x',
  '0',
  '-1',
  '1e9',
  'NaN',
  'null',
  '99999999999999999999',
  "' or 1=1 --",
  '%',
  '%00',
  '\u0000',
  '\ud800',
  '\u202e',
  '../../etc/passwd',
  '//evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '<%= 1 %>',
  '{{7*7}}',
  '__proto__',
  'constructor',
  '0001-01-01',
  '9999-99-99',
  '2026-02-30',
  'あ'.repeat(500),
  'a'.repeat(5_000),
  place({ f: true, v: '\u0000', i: '1', p: 1 }),
  place({ at: '2026-01-01T00:00:00Z', id: 'x' }),
  place([]),
]

/** Parts of an address that are no records. */
const ODD_PARTS = [
  'x',
  '0',
  '%2e%2e',
  '%00',
  '%ff',
  '%E0%A4%A',
  "'",
  'a'.repeat(5_000),
  '__proto__',
  'constructor',
  '%2F%2Fevil',
]

const MARKUP = /<script>alert|<img src=x/

/** Every place of every route that takes something × what nobody means by it. */
describe('odd values, route by route', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee', 'money-forward'], once: true })
  let stage: Stage
  before(async () => {
    stage = await build(world)
  })

  const routes = Object.entries(EXPECTED)
  const authorized = (route: string): Record<string, string> =>
    EXPECTED[route]?.kind === 'bearer' ? { authorization: `Bearer ${stage.feedToken}` } : {}

  const expectSound = async (route: string, address: string, form?: URLSearchParams) => {
    const { status, location, type, body } = await ask(world, methodOf(route), address, {
      cookies: stage.ours,
      headers: authorized(route),
      ...(form && { form }),
    })
    const what = `${route} ${address.slice(0, 200)} ${form?.toString().slice(-200) ?? ''}`
    expect(status, what).to.be.below(500)
    // In a file it is text.
    if (type.includes('html')) expect(body, what).not.to.match(MARKUP)
    expect(location, what).not.to.match(/^(?:https?:)?\/\/evil|^\\|javascript:/)
  }

  for (const [route, { takes = [] }] of routes) {
    const writes = route.startsWith('POST')
    if (takes.length > 0)
      it(`${route} answers all of them in ${takes.join(', ')}`, async () => {
        // A page of the feed is marked as fetched.
        const before = writes || EXPECTED[route]?.kind === 'bearer' ? null : await stage.fingerprint()
        // What is written is refused by a finished run as such.
        const address = addressOf(
          route,
          stage,
          /^GET \/runs\/:id( |$|\/errors|\/progress)/.test(route) ? 'finished' : 'open',
        )
        const places = takes.flatMap(name => [
          ...[...ODD, ['a', 'b'], ['', '']].map(value => [name, value] as const),
          ...['[]', '[a]', '[__proto__]'].map(suffix => [name + suffix, 'x'] as const),
        ])
        for (const [name, value] of places) {
          const values = new URLSearchParams([value].flat().map((each): [string, string] => [name, each]))
          if (writes) values.append('_csrf', csrfOf(stage.ours))
          await (writes ? expectSound(route, address, values) : expectSound(route, `${address}?${values.toString()}`))
        }
        if (before !== null) expect(await stage.fingerprint(), 'what only looks changes nothing').to.equal(before)
      })
  }

  it('answers all of them as a part of an address', async () => {
    for (const [route] of routes) {
      const [, pattern = ''] = route.split(' ')
      for (const [name] of pattern.matchAll(/:\w+/g))
        for (const part of ODD_PARTS) {
          const address = addressOf(`${methodOf(route)} ${pattern.replace(name, part)}`, stage)
          await expectSound(route, address, new URLSearchParams({ _csrf: csrfOf(stage.ours) }))
        }
    }
  })

  it('says nothing of an error of ours', () => {
    expect(world.logs.filter(line => line.includes('"level":"error"'))).to.deep.equal([])
  })
})
