import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { AccessTokens, FeedPermission } from '../contract/contract.js'
import { notReadable, notTyped, textField, type FieldErrors } from '../web/form.js'

export const MAX_NAME = 100
export const MAX_MEMO = 500

export interface TokenForm {
  /** the token's id to be; the same when the form is sent twice */
  id: string
  typed: { name: string; memo: string }
  resources: string[]
  attributes: string[]
  errors: FieldErrors
}

const attributesOf = ({ attributes }: AccessTokens): string[] =>
  attributes.flatMap(group => group.items.map(item => item.path))

/** As it is when it opens: everything is permitted. */
export const newTokenForm = (tokens: AccessTokens): TokenForm => ({
  id: randomUUID(),
  typed: { name: '', memo: '' },
  resources: tokens.resources.map(resource => resource.value),
  attributes: attributesOf(tokens),
  errors: {},
})

/** The ticked ones of those there are. */
const ticked = (body: unknown, name: string, known: readonly string[]): string[] => {
  const given = (body as Record<string, unknown> | undefined)?.[name]
  const chosen = new Set([given ?? []].flat())
  return known.filter(value => chosen.has(value))
}

export function parseTokenForm(tokens: AccessTokens, body: unknown): TokenForm {
  const name = textField(body, 'name')
  const memo = textField(body, 'memo')
  const id = z.uuid().safeParse(textField(body, 'id').value)
  const known = newTokenForm(tokens)
  const resources = ticked(body, 'resource', known.resources)
  const attributes = ticked(body, 'attribute', known.attributes)
  const length = (text: string) => [...text.trim()].length
  const errors: FieldErrors = {
    ...(name.broken
      ? { name: notReadable('アクセストークン名') }
      : name.value === ''
        ? { name: notTyped('アクセストークン名') }
        : length(name.typed) > MAX_NAME && { name: `アクセストークン名は、${MAX_NAME}文字以内で入力してください。` }),
    ...(memo.broken
      ? { memo: notReadable('メモ') }
      : length(memo.typed) > MAX_MEMO && { memo: `メモは、${MAX_MEMO}文字以内で入力してください。` }),
    ...(resources.length === 0 && { resources: 'リソースが選択されていません。1つ以上選択してください。' }),
    ...(attributes.length === 0 && {
      attributes: '「参照」を許可する項目が選択されていません。1つ以上選択してください。',
    }),
  }
  return {
    id: id.success ? id.data : known.id,
    typed: { name: name.typed, memo: memo.typed },
    resources,
    attributes,
    errors,
  }
}

/** With every item ticked, items that are added later come through by themselves. */
export const permissionOf = (tokens: AccessTokens, { resources, attributes }: TokenForm): FeedPermission => ({
  resources,
  attributes: attributes.length === attributesOf(tokens).length ? null : attributes,
})
