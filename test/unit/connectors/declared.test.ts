import { expect } from 'chai'
import { atOnceOf, needsSettings, stepOf, usesSettings } from '../../../server/contract/contract.js'
import { declared, kept } from '../../../server/contract/declared.js'
import { connectors } from '../../../server/connectors/registry.js'

describe('what a flow counts on', () => {
  for (const connector of connectors) {
    for (const flow of connector.flows) {
      it(`is declared: ${connector.id} ${flow.id}`, () => {
        if (needsSettings(flow) || usesSettings(flow)) expect(connector.settings).to.be.an('object')
        if (flow.kind === 'publication') expect(connector.accessTokens).to.be.an('object')
        if (stepOf(flow, 'area')) expect(connector.areas).to.be.a('function')
        if (atOnceOf(flow)) expect(stepOf(flow, 'select'), 'the preview of one click').to.be.an('object')
        // The first page is asked for by a URL; what is read follows what is asked, and the dialog ends it.
        const kinds = flow.steps.map(step => step.kind)
        expect(kinds.at(-1)).to.equal('confirm')
        expect(new Set(kinds).size).to.equal(kinds.length)
        for (const asked of ['period', 'date', 'area'] as const)
          expect(kinds.indexOf(asked)).to.be.below(kinds.indexOf('fetch'))
        if (flow.kind === 'sync') expect(flow.mapping).not.to.deep.equal([])
        else expect(stepOf(flow, 'confirm')?.dialog, 'words of its own').to.be.an('object')
      })
    }
  }

  it('is a mistake of ours where it is missing, never an empty sentence', () => {
    expect(declared('as it is', 'settings')).to.equal('as it is')
    expect(() => declared(null, 'settings')).to.throw('settings')
    expect(() => declared(undefined, 'link')).to.throw('link')
    expect(kept('20260001', 'area')).to.equal('20260001')
    expect(() => kept(null, 'area')).to.throw('area')
  })
})
