/** 現住所, part by part; SmartHR's names and paths. */
const part = (id: string, name: string, path: string) => ({
  id: `address-${id}`,
  label: `現住所（${name}）`,
  smarthr: `address.${path}`,
  service: `address-${id}`,
})

export const address = {
  postalCode: part('postal-code', '郵便番号', 'zip_code'),
  prefecture: part('prefecture', '都道府県', 'pref'),
  city: part('city', '市区町村', 'city'),
  street: part('street', '丁目・番地', 'street'),
  building: part('building', '建物名・部屋番号', 'building'),
  kana: part('kana', 'ヨミガナ', 'literal_yomi'),
} as const
