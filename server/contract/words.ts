/** Sentences that every service needs, in one wording. */

/** An answer that is no answer. `status`: whose state of service to look at, where it is not the product's own. */
export const unreadableAnswer = (product: string, status = product): string =>
  `${product}からの応答を読み取れませんでした。時間をおいて、やり直してください。続く場合は、${status}の障害情報を確認してください。`
