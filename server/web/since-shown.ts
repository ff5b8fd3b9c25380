/** A form's fields as a browser sends them; a name that stands several times is one of several ticked boxes. */
export type Pairs = readonly (readonly [name: string, value: string])[]

/** What a form carries so that a page of yesterday undoes nothing that was saved since. */
export interface SinceShown {
  /** what is saved now, for the hidden field `shown` */
  shown: string
  /** why nothing was saved; null: nothing has changed since */
  changed: string | null
}

const SHOWN = 'shown'

const CHANGED =
  'この画面を開いた後に、別の画面で設定が変更されたため、保存していません。現在の設定に、この画面で変更した内容を反映して表示しています。内容を確認して、もう一度［保存］を押してください。'

/** `stored`: what is saved, as the form's fields. */
export const sinceShown = (stored: Pairs, { changed = false } = {}): SinceShown => ({
  shown: new URLSearchParams(stored.map(([name, value]): [string, string] => [name, value])).toString(),
  changed: changed ? CHANGED : null,
})

/** For a page that is drawn again before anything is saved: it still shows what it has shown, and was compared with nothing. */
export const asShown = (body: unknown, stored: Pairs): SinceShown => {
  const { shown } = sinceShown(stored)
  const given = (body as Record<string, unknown> | undefined)?.[SHOWN]
  return { shown: typeof given === 'string' ? given : shown, changed: null }
}

const valuesOf = (pairs: Pairs, name: string): string[] =>
  pairs.flatMap(([other, value]) => (other === name ? [value] : [])).sort()

const alike = (one: readonly string[], other: readonly string[]): boolean => one.join('\n') === other.join('\n')

/**
 * The form came from a page that showed something else than is saved now: the fields to show instead, as they are saved, with
 * what was changed on that page. Null: nothing has changed since, or what was typed is what is saved. A field that only one of
 * the two knows has come or gone with a list, and was changed by nobody. `boxes`: names that may stand several times, or not
 * at all. A form of the release before, which does not say what it has shown, is taken as it is.
 */
export function changedSince(
  body: unknown,
  { typed, stored, boxes = [] }: { typed: Pairs; stored: Pairs; boxes?: readonly string[] },
): Pairs | null {
  const given = (body as Record<string, unknown> | undefined)?.[SHOWN]
  if (typeof given !== 'string') return null
  const shown = [...new URLSearchParams(given)]
  const has = (pairs: Pairs, name: string) => boxes.includes(name) || pairs.some(([other]) => other === name)
  const names = [...new Set([...stored, ...typed].map(([name]) => name).concat(boxes))]
  const isOther = (name: string, pairs: Pairs) =>
    has(pairs, name) && has(stored, name) && !alike(valuesOf(pairs, name), valuesOf(stored, name))
  if (!names.some(name => isOther(name, shown)) || !names.some(name => isOther(name, typed))) return null
  return names.flatMap(name => {
    const [was, is, wanted] = [valuesOf(shown, name), valuesOf(stored, name), valuesOf(typed, name)]
    const merged = boxes.includes(name)
      ? [
          ...is.filter(value => wanted.includes(value) || !was.includes(value)),
          ...wanted.filter(value => !was.includes(value) && !is.includes(value)),
        ]
      : !has(typed, name) || (has(shown, name) && alike(was, wanted))
        ? is
        : wanted
    return merged.map(value => [name, value] as const)
  })
}
