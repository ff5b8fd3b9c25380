/**
 * SmartHR's fields that several services have, too: one id for one thing, whatever the service calls it. A mapping adds
 * the service's path, and its own label where it has one.
 */
export const crew = {
  employeeNumber: {
    id: 'employee-number',
    label: '社員番号',
    smarthr: 'emp_code',
    sensitive: true,
    unique: 'number',
  },
  lastName: { id: 'last-name', label: '姓', smarthr: 'last_name', sensitive: true },
  firstName: { id: 'first-name', label: '名', smarthr: 'first_name', sensitive: true },
  lastNameKana: { id: 'last-name-kana', label: '姓（ヨミガナ）', smarthr: 'last_name_yomi', sensitive: true },
  firstNameKana: { id: 'first-name-kana', label: '名（ヨミガナ）', smarthr: 'first_name_yomi', sensitive: true },
  birthDate: { id: 'birth-date', label: '生年月日', smarthr: 'birth_at', sensitive: true },
  gender: { id: 'gender', label: '戸籍上の性別', smarthr: 'gender' },
  email: { id: 'email', label: 'メールアドレス', smarthr: 'email' },
  jobTitle: { id: 'job-title', label: '役職', smarthr: 'positions.0.name' },
  hireDate: { id: 'hire-date', label: '入社年月日', smarthr: 'entered_at' },
  leavingDate: { id: 'leaving-date', label: '退職年月日', smarthr: 'resigned_at', sensitive: true },
} as const

/** 雇用形態, by its name. */
export const EMPLOYMENT_TYPE = 'employment_type.name'

/** The ids of 部署1, 雇用形態 and 事業所, by which a 対象範囲 is judged. */
export const DEPARTMENT_ID = 'departments.0.id'
export const EMPLOYMENT_TYPE_ID = 'employment_type.id'
export const ESTABLISHMENT_ID = 'biz_establishment_id'

/** SmartHR's lists that a 対応表 may begin with. A person has several 部署: the first counts. */
export const departmentSource = {
  list: 'departments',
  label: '部署',
  path: DEPARTMENT_ID,
  shown: 'departments.0.full_name',
} as const
export const employmentTypeSource = {
  list: 'employment_types',
  label: '雇用形態',
  path: EMPLOYMENT_TYPE_ID,
  shown: EMPLOYMENT_TYPE,
} as const
