import { join } from 'node:path'
import ejs from 'ejs'
import type { Express } from 'express'
import { projectRoot } from '../platform/root.js'

const views = join(projectRoot, 'views')

/**
 * Pages are EJS. A view holds elements, loops and questions to the page object, and prints nothing unescaped.
 * `include('/partials/…')` begins at views/. Indentation is for readers and not sent. test/unit/views.test.ts checks
 * the form of views, as prettier's plugin for EJS breaks conditional attributes.
 */
export function drawWithEjs(app: Express, { cache }: { cache: boolean }): void {
  app.engine('ejs', (file, locals, done) => {
    ejs.renderFile(file, locals, { root: views, rmWhitespace: true, cache }, done)
  })
  app.set('view engine', 'ejs')
  app.set('views', views)
  app.set('view cache', cache)
}
