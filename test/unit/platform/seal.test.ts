import { expect } from 'chai'
import fc from 'fast-check'
import { createSealer } from '../../../server/platform/seal.js'

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte) })
const AAD = 'tenant-1|connections.credentials'
const ROW = 'row-1'

describe('Sealing', () => {
  it('gives back any text, and never the same sealed value twice', () => {
    const sealer = createSealer([key('k1', 1)])

    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const sealed = sealer.seal(text, AAD, ROW)
        return sealer.open(sealed, AAD, ROW) === text && sealer.seal(text, AAD, ROW) !== sealed
      }),
    )
  })

  it('shows which key sealed it and nothing of the text', () => {
    const sealed = createSealer([key('k1', 1)]).seal('secret-token', AAD, ROW)

    expect(sealed).to.match(/^v2\.k1\.[\w-]{16}\.[\w-]+$/)
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString()).not.to.contain('secret')
  })

  it('packs a record: any text comes back, in a third of the room, and unpacked it does not open', () => {
    const sealer = createSealer([key('k1', 1)])
    const record = JSON.stringify(
      Array.from({ length: 40 }, (_, nth) => ({ field: `field-${nth}`, before: '', after: nth })),
    )
    const packed = sealer.sealPacked(record, AAD, ROW)

    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        expect(sealer.open(sealer.sealPacked(text, AAD, ROW), AAD, ROW)).to.equal(text)
      }),
    )
    expect(sealer.open(packed, AAD, ROW)).to.equal(record)
    expect(packed.length).to.be.lessThan(sealer.seal(record, AAD, ROW).length / 3)
    expect(() => sealer.open(packed.slice(0, -2), AAD, ROW)).to.throw()
    expect(() => sealer.open(`${sealer.seal(record, AAD, ROW)}.z`, AAD, ROW)).to.throw()
  })

  it('seals anew with the current key what an older one has sealed, packed or not', () => {
    const old = createSealer([key('k1', 1)])
    const rotated = createSealer([key('k2', 2), key('k1', 1)])

    for (const sealed of [old.seal('a record', AAD, ROW), old.sealPacked('a record', AAD, ROW)]) {
      const anew = rotated.anew(sealed, AAD, ROW)
      expect(rotated.needsReseal(anew)).to.equal(false)
      expect(rotated.open(anew, AAD, ROW)).to.equal('a record')
      expect(anew.endsWith('.z')).to.equal(sealed.endsWith('.z'))
    }
  })

  it('opens old values after a new key was put first, and says that they want resealing', () => {
    const old = createSealer([key('k1', 1)]).seal('token', AAD, ROW)
    const rotated = createSealer([key('k2', 2), key('k1', 1)])

    expect(rotated.open(old, AAD, ROW)).to.equal('token')
    expect(rotated.needsReseal(old)).to.equal(true)
    expect(rotated.needsReseal(rotated.seal('token', AAD, ROW))).to.equal(false)
  })

  it('does not open for another tenant, column or row', () => {
    const sealer = createSealer([key('k1', 1)])
    const sealed = sealer.seal('token', AAD, ROW)

    expect(() => sealer.open(sealed, 'tenant-2|connections.credentials', ROW)).to.throw()
    expect(() => sealer.open(sealed, 'tenant-1|grants.credentials', ROW)).to.throw()
    expect(() => sealer.open(sealed, AAD, 'row-2')).to.throw()
  })

  it('does not open with a flipped bit anywhere', () => {
    const sealer = createSealer([key('k1', 1)])
    const [version, id, iv = '', body = ''] = sealer.seal('a token of some length', AAD, ROW).split('.')
    const bytes = Buffer.from(body, 'base64url')

    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at)
      expect(() => sealer.open([version, id, iv, flipped.toString('base64url')].join('.'), AAD, ROW)).to.throw()
    }
  })

  it('does not open a shortened tag or with a key that is gone', () => {
    const sealed = createSealer([key('k1', 1)]).seal('token', AAD, ROW)

    expect(() => createSealer([key('k1', 1)]).open(sealed.slice(0, -6), AAD, ROW)).to.throw()
    expect(() => createSealer([key('k2', 2)]).open(sealed, AAD, ROW)).to.throw('unknown key')
  })
})
