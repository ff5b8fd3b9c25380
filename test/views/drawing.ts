import request from 'supertest'
import { withoutBreaks } from '../helpers/visitor.js'
import { createGallery, gallery } from './gallery.js'
import type { Picture } from './pictures.js'

/** A picture as it is sent. */
export const sent = async (picture: Picture): Promise<string> =>
  (await request(createGallery({ picture })).get('/picture').expect(200)).text

/** … without the line breaks that only its source has. */
export const draw = async (picture: Picture): Promise<string> => withoutBreaks(await sent(picture))

/** One that the gallery has by this name. */
export const named = async (name: string): Promise<string> => {
  const picture = gallery[name]
  if (!picture) throw new Error(`no picture ${name}`)
  return draw(picture)
}
