import { expect } from 'chai'
import { startSmarthrWorld, type Json, type SmarthrWorld } from './smarthr.world.js'

const GROUPS = '/crew_custom_field_template_groups'
const TEMPLATES = '/crew_custom_field_templates'

describe("custom items of SmartHR's stand-in", () => {
  let world: SmarthrWorld
  before(async () => {
    world = await startSmarthrWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const choices = [
    { name: '連携する', physical_name: 'link', position: 1 },
    { name: '連携しない', physical_name: 'skip', position: 2 },
  ]
  const install = async () => {
    const group = await world.post(GROUPS, { name: 'ミキワメカテゴリー', position: 90, access_type: 'read_and_update' })
    const item = { name: 'ミキワメ連携', type: 'enum', group_id: group.body.id, position: 1, elements: choices }
    const template = await world.post(TEMPLATES, item)
    return { group: group.body, template: template.body }
  }
  const someone = async () => (await world.get('/crews?emp_code=001001')).body[0] ?? {}
  const choose = async (template: Json, value: unknown) =>
    world.patch(`/crews/${String((await someone()).id)}`, { custom_fields: [{ template_id: template.id, value }] })
  const values = async () =>
    ((await someone()).custom_fields as { value: unknown; template: Json }[]).map(({ value, template }) => [
      template.name,
      value,
    ])
  const fields = (body: Json) => (body.errors as { field: string }[]).map(error => error.field)

  it('are created with ids for their choices, and listed with their group or in it', async () => {
    const { group, template } = await install()
    const elements = template.elements as Json[]
    expect(elements.map(({ name, physical_name: physical }) => [name, physical])).to.deep.equal([
      ['連携する', 'link'],
      ['連携しない', 'skip'],
    ])
    for (const element of elements) expect(element.id).to.be.a('string')

    const groups = (await world.get(`${GROUPS}?embed=templates&per_page=100`)).body
    const found = groups.find(each => each.id === group.id)
    expect((found?.templates as Json[]).map(each => each.name)).to.deep.equal(['ミキワメ連携'])
    const withGroup = (await world.get(`${TEMPLATES}/${String(template.id)}?embed=group`)).body
    expect(withGroup).not.to.have.property('group_id')
    expect((withGroup.group as Json).name).to.equal('ミキワメカテゴリー')
  })

  it('need what the schema requires, and choices only where there is a list to choose from', async () => {
    const blank = await world.post(TEMPLATES, { name: '身長' })
    expect([blank.status, fields(blank.body)]).to.deep.equal([400, ['type', 'group_id', 'position']])
    const { group } = await install()
    const text = { name: '身長', type: 'decimal', group_id: group.id, position: 2, elements: choices }

    expect(fields((await world.post(TEMPLATES, text)).body)).to.deep.equal(['elements'])
    expect(fields((await world.post(GROUPS, { position: 1 })).body)).to.deep.equal(['name'])
  })

  it('are taken a second time under the same name: whoever wants one looks first', async () => {
    const first = await install()
    const second = await install()

    expect(second.group.id).not.to.equal(first.group.id)
    const names = (await world.get(`${TEMPLATES}?per_page=100`)).body.map(template => template.name)
    expect(names.filter(name => name === 'ミキワメ連携')).to.have.length(2)
  })

  it('take the physical name or the id of a choice, never its display name, and are absent when blank', async () => {
    const { template } = await install()
    expect(await values()).to.deep.equal([])
    expect((await choose(template, '連携しない')).status).to.equal(400)
    await choose(template, (template.elements as Json[])[1]?.id)
    expect(await values()).to.deep.equal([['ミキワメ連携', 'skip']])

    await choose(template, null)
    expect(await values()).to.deep.equal([])
  })

  it('keep choices with PATCH and lose those not listed with PUT, values included', async () => {
    const { template } = await install()
    await choose(template, 'skip')
    const path = `${TEMPLATES}/${String(template.id)}`
    const added = await world.patch(path, { elements: [{ name: '保留', position: 3 }] })
    expect((added.body.elements as Json[]).map(element => element.name)).to.deep.equal([
      '連携する',
      '連携しない',
      '保留',
    ])
    expect(await values()).to.deep.equal([['ミキワメ連携', 'skip']])

    const [first] = template.elements as Json[]
    const { name, type, group_id: group, position } = template
    await world.put(path, { name, type, group_id: group, position, elements: [first] })
    expect(await values()).to.deep.equal([])
  })

  it('go with their group and every value', async () => {
    const { group, template } = await install()
    await choose(template, 'skip')
    expect((await world.delete(`${GROUPS}/${String(group.id)}`)).status).to.equal(204)

    expect((await world.get(`${TEMPLATES}/${String(template.id)}`)).status).to.equal(404)
    expect(await values()).to.deep.equal([])
  })

  it('can be deleted by a test, one or the whole group', async () => {
    await install()
    await world.switches({ deleteCustomField: 'ミキワメ連携' })
    const names = async () => (await world.get(`${TEMPLATES}?per_page=100`)).body.map(template => template.name)
    expect(await names()).not.to.include('ミキワメ連携')
    await world.switches({ deleteCustomField: '資格・備品' })

    expect(await names()).to.deep.equal([])
    expect((await world.switches({ deleteCustomField: 'ミキワメ連携' })).status).to.equal(400)
  })
})
