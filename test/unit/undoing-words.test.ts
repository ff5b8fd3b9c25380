import { expect } from 'chai'
import { connectors } from '../../server/connectors/registry.js'
import { undoLabel } from '../../server/runs/undoing.words.js'

const titles = (id: string) =>
  (connectors.find(connector => connector.id === id)?.flows ?? [])
    .filter(({ kind }) => kind === 'sync')
    .flatMap(({ title, panel, historyLabel }) => [title, panel.title, historyLabel])
    .map(label => undoLabel(label, { undoneAt: new Date() }))

describe('a run that takes another one back', () => {
  it('is called by the title of its flow, however that ends', () => {
    expect(titles('freee').slice(0, 3)).to.deep.equal([
      'freee人事労務からSmartHRへの同期の取り消し',
      'freee人事労務からSmartHRへの同期の取り消し',
      '従業員情報同期の取り消し',
    ])
    expect(titles('king-of-time').slice(3)).to.deep.equal([
      'SmartHRからKING OF TIMEへの同期の取り消し',
      'SmartHR→KING OF TIMEの同期の取り消し',
      '従業員情報同期の取り消し',
    ])
    expect(titles('mikiwame')).to.deep.equal([
      '部署情報の同期（SmartHR）の取り消し',
      '「部署を管理する」の取り消し',
      '部署情報の同期（SmartHR）の取り消し',
      '社員情報の同期（SmartHR）の取り消し',
      '自社社員管理の同期の取り消し',
      '社員情報の同期（SmartHR）の取り消し',
    ])
  })

  it('is never a title with a word put behind it that does not fit', () => {
    for (const { id } of connectors)
      for (const label of titles(id)) expect(label, id).to.match(/(同期|同期（SmartHR）|る」)の取り消し$/)
    for (const { id } of connectors)
      for (const label of titles(id)) expect(label, id).not.to.match(/へ(同期)?の取り消し/)
  })

  it('leaves the title of every other run as it is', () => {
    expect(undoLabel('AからBへ同期', { undoneAt: null })).to.equal('AからBへ同期')
  })
})
