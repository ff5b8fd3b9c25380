/** A crew's plain attributes with their labels and what SmartHR takes (SmartHR API reference, §3.1.2). */
export type FieldKind =
  | { type: 'text'; max?: number }
  | { type: 'kana' }
  | { type: 'date' }
  | { type: 'integer' }
  | { type: 'boolean' }
  | { type: 'enum'; values: readonly string[] }
  | { type: 'attachment' }

export interface CrewField {
  name: string
  label: string
  kind: FieldKind
}

const text = (max?: number): FieldKind => (max === undefined ? { type: 'text' } : { type: 'text', max })
const kana: FieldKind = { type: 'kana' }
const date: FieldKind = { type: 'date' }
const integer: FieldKind = { type: 'integer' }
const boolean: FieldKind = { type: 'boolean' }
const attachment: FieldKind = { type: 'attachment' }
const oneOf = (...values: string[]): FieldKind => ({ type: 'enum', values })
const commutation = oneOf('commutation_period_1_month', 'commutation_period_3_month', 'commutation_period_6_month')

const rows: readonly [name: string, label: string, kind: FieldKind][] = [
  ['user_id', 'ユーザーID', text()],
  ['emp_code', '社員番号', text(255)],
  ['emp_status', '在籍状況', oneOf('employed', 'absent', 'retired')],
  ['last_name', '姓', text(255)],
  ['first_name', '名', text(255)],
  ['last_name_yomi', '姓（カタカナ）', kana],
  ['first_name_yomi', '名（カタカナ）', kana],
  ['business_last_name', 'ビジネスネーム：姓', text(255)],
  ['business_first_name', 'ビジネスネーム：名', text(255)],
  ['business_last_name_yomi', 'ビジネスネーム：姓（カタカナ）', kana],
  ['business_first_name_yomi', 'ビジネスネーム：名（カタカナ）', kana],
  ['birth_at', '生年月日', date],
  ['gender', '戸籍上の性別', oneOf('male', 'female')],
  ['identity_card_image1', '本人確認書類1', attachment],
  ['identity_card_image2', '本人確認書類2', attachment],
  ['tel_number', '電話番号', text(20)],
  ['email', 'メールアドレス', text(255)],
  ['address_image', '現住所を確認できる書類', attachment],
  ['address_head_of_family', '世帯主', text(255)],
  ['address_relation_name', '世帯主の続柄', text(255)],
  ['resident_card_address_head_of_family', '住民票住所の世帯主', text(255)],
  ['resident_card_address_relation_name', '続柄（住民票住所の世帯主）', text(255)],
  ['emergency_relation_name', '緊急連絡先の続柄', text(255)],
  ['emergency_last_name', '緊急連絡先の姓', text(255)],
  ['emergency_first_name', '緊急連絡先の名', text(255)],
  ['emergency_last_name_yomi', '緊急連絡先の姓（カタカナ）', kana],
  ['emergency_first_name_yomi', '緊急連絡先の名（カタカナ）', kana],
  ['emergency_tel_number', '緊急連絡先の電話番号', text(20)],
  ['occupation', '業務内容', text(30)],
  ['entered_at', '入社年月日', date],
  ['resigned_at', '退職年月日', date],
  ['resigned_reason', '退職事由', text(255)],
  ['resume1', '履歴書・職務経歴書1', attachment],
  ['resume2', '履歴書・職務経歴書2', attachment],
  ['contract_type', '契約種別', oneOf('unlimited', 'fixed_term')],
  ['contract_start_on', '契約開始日', date],
  ['contract_end_on', '契約終了日', date],
  ['contract_renewal_type', '契約更新の有無', oneOf('renewal', 'none', 'auto_renewal')],
  ['emp_ins_insured_person_number', '雇用保険の被保険者番号', text(255)],
  ['emp_ins_insured_person_number_image', '雇用保険被保険者番号添付画像', attachment],
  [
    'emp_ins_insured_person_number_unknown_reason_type',
    '雇用保険の被保険者番号がない場合の理由',
    oneOf('no_work_experience', 'never_joined', 'unknown'),
  ],
  ['emp_ins_qualified_at', '雇用保険の資格取得年月日', date],
  ['emp_ins_disqualified_at', '雇用保険の資格喪失年月日', date],
  ['previous_workplace', '雇用保険に加入していた会社名', text(255)],
  ['previous_employment_start_on', '雇用保険に加入していた会社の在籍開始日', date],
  ['previous_employment_end_on', '雇用保険に加入していた会社の在籍終了日', date],
  ['hel_ins_insured_person_number', '健康保険の被保険者整理番号', integer],
  ['soc_ins_insured_person_number', '厚生年金保険の被保険者整理番号', integer],
  ['basic_pension_number', '基礎年金番号', text(255)],
  ['basic_pension_number_image', '基礎年金番号添付画像', attachment],
  ['basic_pension_number_unknown_reason_type', '基礎年金番号が不明な場合の理由', oneOf('non_pensionable', 'unknown')],
  ['first_enrolling_in_emp_pns_ins_flag', '厚生年金初加入フラグ', boolean],
  ['first_workplace', '最初に厚生年金へ加入した会社名', text(255)],
  ['first_workplace_address_text', '最初に厚生年金へ加入した会社の住所文字列', text(255)],
  ['first_employment_start_on', '最初に厚生年金へ加入した会社の在籍開始日', date],
  ['first_employment_end_on', '最初に厚生年金へ加入した会社の在籍終了日', date],
  ['last_workplace', '最後に厚生年金へ加入した会社名', text(255)],
  ['last_workplace_address_text', '最後に厚生年金へ加入した会社の住所文字列', text(255)],
  ['last_employment_start_on', '最後に厚生年金へ加入した会社の在籍開始日', date],
  ['last_employment_end_on', '最後に厚生年金へ加入した会社の在籍終了日', date],
  ['soc_ins_qualified_at', '社会保険の資格取得年月日', date],
  ['soc_ins_disqualified_at', '社会保険の資格喪失年月日', date],
  ['employees_pension_insurance_qualified_at', '厚生年金保険の資格取得年月日', date],
  ['employees_pension_insurance_disqualified_at', '厚生年金保険の資格喪失年月日', date],
  ['health_insurance_qualified_at', '健康保険の資格取得年月日', date],
  ['health_insurance_disqualified_at', '健康保険の資格喪失年月日', date],
  ['insurance_premium_calculation_type', '給与計算機能で利用する社会保険料の設定方法', oneOf('rate', 'fixed')],
  ['health_insurance_premium_company', '健康保険料（会社負担分）', integer],
  ['health_insurance_premium_individual', '健康保険料（本人負担分）', integer],
  ['care_insurance_premium_company', '介護保険料（会社負担分）', integer],
  ['care_insurance_premium_individual', '介護保険料（本人負担分）', integer],
  ['child_care_support_fund_company', '子ども・子育て支援金（会社負担分）', integer],
  ['child_care_support_fund_individual', '子ども・子育て支援金（本人負担分）', integer],
  ['employees_pension_insurance_premium_company', '厚生年金保険料（会社負担分）', integer],
  ['employees_pension_insurance_premium_individual', '厚生年金保険料（本人負担分）', integer],
  ['child_care_contribution', '子ども・子育て拠出金', integer],
  ['having_spouse', '配偶者の有無', boolean],
  ['spouse_yearly_income', '配偶者の年収', integer],
  ['monthly_income_currency', '報酬月額（通貨）', integer],
  ['monthly_income_goods', '報酬月額（現物）', integer],
  ['monthly_base_salary', '基本給（月給）', integer],
  ['monthly_standard_income_updated_at', '標準報酬月額の改定年月', date],
  ['monthly_standard_income_hel', '健康保険の標準報酬月額', integer],
  ['monthly_standard_income_pns', '厚生年金の標準報酬月額', integer],
  ['nearest_station_and_line', '通勤経路', text(255)],
  ['commutation_1_expenses', '通勤手当1の定期券代', integer],
  ['commutation_1_period', '通勤手当1の期間', commutation],
  ['commutation_1_single_fare', '通勤手当1の片道運賃', integer],
  ['commutation_2_expenses', '通勤手当2の定期券代', integer],
  ['commutation_2_period', '通勤手当2の期間', commutation],
  ['commutation_2_single_fare', '通勤手当2の片道運賃', integer],
  ['foreign_resident_last_name', '在留資格情報：姓', text(255)],
  ['foreign_resident_first_name', '在留資格情報：名', text(255)],
  ['foreign_resident_middle_name', '在留資格情報：ミドルネーム', text(255)],
  ['foreign_resident_card_number', '在留カード番号', text(255)],
  ['foreign_resident_card_image1', '在留カード（特定在留カード）の画像1', attachment],
  ['foreign_resident_card_image2', '在留カード（特定在留カード）の画像2', attachment],
  ['nationality_code', '国籍', text(255)],
  ['resident_status_type', '在留資格', text(255)],
  ['resident_status_other_reason', '在留資格不明理由', text(255)],
  ['resident_end_at', '在留期日', date],
  ['having_ex_activity_permission', '資格外活動許可の有無', oneOf('permitted', 'none')],
  ['other_be_workable_type', '派遣・請負就労区分', oneOf('other_be_workable', 'others')],
  ['tax_cd', '課税区分', oneOf('kou', 'otsu', 'hei', 'reward', 'non_resident', 'no_taxation_required')],
  ['handicapped_type', '障害者区分', oneOf('ordinary_handicapped', 'special_handicapped')],
  ['handicapped_note_type', '障害者手帳の種類', text(255)],
  ['handicapped_note_delivery_at', '障害者手帳の交付年月日', date],
  ['handicapped_image', '障害者手帳の画像', attachment],
  ['working_student_flag', '勤労学生フラグ', boolean],
  ['school_name', '勤労学生：学校名', text(255)],
  ['student_card_image', '勤労学生：学生証の画像', attachment],
  ['enrolled_at', '勤労学生：入学年月日', date],
  ['working_student_income', '勤労学生：所得の見積額', integer],
  ['employment_income_flag', '給与所得フラグ', boolean],
  ['business_income_flag', '事業所得フラグ', boolean],
  ['devidend_income_flag', '配当所得フラグ', boolean],
  ['estate_income_flag', '不動産所得フラグ', boolean],
  ['widow_type', '寡婦・ひとり親', oneOf('widow', 'single_parent')],
  ['widow_reason_type', '寡婦・ひとり親の理由', oneOf('divorce', 'bereavement', 'missing', 'unmarried')],
  ['widow_memo', '寡婦・ひとり親の備考', text(255)],
]

export const crewFields: readonly CrewField[] = rows.map(([name, label, kind]) => ({ name, label, kind }))

export const ADDRESS_NAMES = ['address', 'resident_card_address', 'emergency_address'] as const
export const ADDRESS_LABELS: Readonly<Record<string, string>> = {
  address: '現住所',
  resident_card_address: '住民票住所',
  emergency_address: '緊急連絡先の住所',
}
export const ADDRESS_FIELDS = [
  'country_number',
  'zip_code',
  'pref',
  'city',
  'street',
  'building',
  'literal_yomi',
] as const

/** Once all of these are filled, none may be emptied again (§3.1.1). */
export const GUARDED = [
  'last_name',
  'first_name',
  'last_name_yomi',
  'first_name_yomi',
  'gender',
  'birth_at',
  'address',
] as const

export const NAME_KANA = /^[ァ-ヶー・ヽヾ　 ]*$/
export const ADDRESS_KANA = /^[ァ-ヶー・ヽヾ　 ０-９－]*$/

export const PREFECTURES: ReadonlySet<string> = new Set(
  '北海道,青森県,岩手県,宮城県,秋田県,山形県,福島県,茨城県,栃木県,群馬県,埼玉県,千葉県,東京都,神奈川県,新潟県,富山県,石川県,福井県,山梨県,長野県,岐阜県,静岡県,愛知県,三重県,滋賀県,京都府,大阪府,兵庫県,奈良県,和歌山県,鳥取県,島根県,岡山県,広島県,山口県,徳島県,香川県,愛媛県,高知県,福岡県,佐賀県,長崎県,熊本県,大分県,宮崎県,鹿児島県,沖縄県'.split(
    ',',
  ),
)
