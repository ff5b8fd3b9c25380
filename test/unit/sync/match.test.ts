import { expect } from 'chai'
import { match, type MatchQuestion } from '../../../server/plan/match.js'

const nobody: MatchQuestion = {
  key: '1020',
  keyRequired: false,
  sourcesWithKey: 1,
  linked: null,
  candidates: [],
  everLinked: new Set(),
  targetKeysUnique: false,
  when: null,
  source: 'SmartHR',
  target: 'freee人事労務',
  word: '社員番号',
  item: '従業員',
}

describe('who is who on the other side', () => {
  it('tells of somebody who is not there in the month that is written that another reference date does not help', () => {
    const found = match({ ...nobody, when: '2026年11月分', linked: { id: 'f1', listed: false } })
    expect(found).to.deep.equal({
      kind: 'excluded',
      reason:
        'freee人事労務では、2026年11月分に在籍していない従業員です（退職済み、または入社前）。freee人事労務で入社日・退職日を確認し、誤りがあれば修正してから、取得し直してください。',
    })
  })

  it('follows a live link whatever the numbers say', () => {
    const found = match({
      ...nobody,
      linked: { id: 'f1', listed: true },
      candidates: [{ id: 'f2', listed: true }],
    })

    expect(found).to.deep.equal({ kind: 'pair', targetId: 'f1', byLink: true })
  })

  it('pairs by number when both sides carry it once and the record was never linked', () => {
    expect(match({ ...nobody, candidates: [{ id: 'f1', listed: true }] })).to.deep.equal({
      kind: 'pair',
      targetId: 'f1',
      byLink: false,
    })
  })

  it('registers anew when the record with the number was linked before: somebody deleted and registered again', () => {
    const found = match({ ...nobody, candidates: [{ id: 'f1', listed: true }], everLinked: new Set(['f1']) })

    expect(found).to.deep.equal({ kind: 'new' })
  })

  it('registers somebody without a number anew', () => {
    expect(match({ ...nobody, key: null })).to.deep.equal({ kind: 'new' })
  })

  it('calls the key what the flow calls it', () => {
    const mail = { ...nobody, word: 'メールアドレス', keyRequired: true, key: null }

    expect(match(mail))
      .to.have.property('reason')
      .that.matches(/^メールアドレスが登録されていません。/)
    expect(match({ ...nobody, key: 'S\ufffd01' }))
      .to.have.property('reason')
      .that.includes('社員番号「S\ufffd01」に読み取れない文字が含まれているため')
  })

  it('leaves somebody out when the number stands at several records of the target', () => {
    const found = match({
      ...nobody,
      candidates: [
        { id: 'f1', listed: true },
        { id: 'f2', listed: true },
      ],
    })

    expect(found).to.have.property('kind', 'excluded')
    expect(found).to.have.property('reason').that.includes('社員番号「1020」').and.includes('freee人事労務に複数')
  })

  it('ignores records that were linked before when it counts candidates', () => {
    const found = match({
      ...nobody,
      candidates: [
        { id: 'f1', listed: true },
        { id: 'f2', listed: true },
      ],
      everLinked: new Set(['f1']),
    })

    expect(found).to.deep.equal({ kind: 'pair', targetId: 'f2', byLink: false })
  })

  it('leaves both people out when the source has the number twice and the target takes a number only once', () => {
    const found = match({ ...nobody, sourcesWithKey: 2, targetKeysUnique: true })

    expect(found).to.have.property('kind', 'excluded')
    expect(found).to.have.property('reason').that.includes('SmartHRに複数')
  })

  it('leaves somebody out whose number belongs to another linked record of a target with unique numbers', () => {
    const found = match({
      ...nobody,
      targetKeysUnique: true,
      candidates: [{ id: 'c1', listed: true }],
      everLinked: new Set(['c1']),
    })

    expect(found).to.have.property('kind', 'excluded')
    expect(found).to.have.property('reason').that.includes('別の従業員と紐づいています')
  })

  it('never registers somebody again whom the target merely hides at the reference date', () => {
    const byNumber = match({ ...nobody, candidates: [{ id: 'f1', listed: false }] })
    const byLink = match({ ...nobody, linked: { id: 'f1', listed: false } })

    for (const found of [byNumber, byLink]) {
      expect(found).to.have.property('kind', 'excluded')
      expect(found).to.have.property('reason').that.includes('在籍していない')
    }
  })
})
