import { expect } from 'chai'
import request from 'supertest'
import { withoutBreaks } from '../helpers/visitor.js'
import { createGallery, gallery } from './gallery.js'
import { attribute, tags, words } from './markup.js'

/** What Enter in a field leaves to the form: everything but a button, and what nobody sees. */
const takesEnter = (tag: string) => !['hidden', 'file', 'button', 'submit'].includes(attribute(tag, 'type') ?? 'text')
const classesOf = (tag: string) => attribute(tag, 'class')?.split(' ') ?? []

/** The submit buttons of a form, in the order of the page: those that stand in it and belong to no other. */
const buttonsOf = (form: string) =>
  [...form.matchAll(/(<button\b[^>]*>)([\s\S]*?)<\/button>/g)]
    .map(([, tag = '', inside = '']) => ({ tag, label: words(inside), at: form.indexOf(tag) }))
    .filter(({ tag }) => attribute(tag, 'type') !== 'button' && attribute(tag, 'form') === undefined)

describe('Enter in a field', () => {
  it('presses the button that saves or goes on, on every page: the first of its form in the order of the page', async () => {
    const app = createGallery()
    let looked = 0
    for (const name of Object.keys(gallery)) {
      const page = withoutBreaks((await request(app).get(`/${name}`).expect(200)).text)
      for (const [form] of page.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)) {
        const inputs = tags(form, 'input').filter(tag => takesEnter(tag) && attribute(tag, 'form') === undefined)
        const [first, ...others] = buttonsOf(form)
        if (inputs.length === 0 || !first || others.length === 0) continue
        looked += 1
        // A list is searched by what is typed above it; its ticks have buttons of their own.
        const main = /<search>/.test(form)
          ? '検索'
          : [first, ...others].find(({ tag }) => classesOf(tag).some(look => ['primary', 'danger'].includes(look)))
              ?.label
        if (main !== undefined) expect(first.label, `${name}: ${inputs[0] ?? ''}`).to.equal(main)
      }
    }
    expect(looked).to.be.greaterThan(20)
  })
})
