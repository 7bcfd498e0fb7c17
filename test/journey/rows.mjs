// Rows of an operator's CSV, with check digits that fit, no two alike.
let last = 100;

const columns = [
  'operator',
  'number',
  'iccid',
  'imsi',
  'sim_since',
  'plan',
  'activated_on',
  'expires_on',
  'paid_credit',
  'promotional_credit',
  'subscriber_kind',
  'name_latin',
  'name_chinese',
  'birth_date',
  'document_type',
  'document_number',
  'email',
  'email_since',
  'language',
];
export const head = columns.join(',');

/** Digits with their Luhn digit. */
function luhn(digits) {
  const sum = [...digits].reverse().reduce((all, digit, i) => {
    const value = Number(digit) * (i % 2 ? 1 : 2);
    return all + (value > 9 ? value - 9 : value);
  }, 0);
  return digits + String((10 - (sum % 10)) % 10);
}

/** A Hong Kong identity card number with its check digit. */
export function hkid(number) {
  const digits = String(number).padStart(6, '0');
  const sum = [36, 'M'.charCodeAt(0) - 55, ...digits].reduce(
    (all, value, i) => all + Number(value) * (9 - i),
    0,
  );
  const check = (11 - (sum % 11)) % 11;
  return `M${digits}(${check === 10 ? 'A' : check})`;
}

/** One row: its values by column, and as CSV. */
export function row(given = {}) {
  last += 1;
  const n = String(last).padStart(5, '0');
  const values = {
    operator: 'harbour',
    number: `+852${given.operator === 'kite' ? '690' : '640'}${n}`,
    iccid: luhn(`898520000000${n}1`),
    imsi: `4540611000${n}`,
    sim_since: '2025-03-01',
    plan: 'Visitor',
    activated_on: '2025-03-01',
    expires_on: '2030-12-31',
    paid_credit: '31.40',
    promotional_credit: '0.00',
    subscriber_kind: 'person',
    name_latin: 'HUI Man Kei',
    name_chinese: '許文琪',
    birth_date: '1984-02-29',
    document_type: 'hkid',
    document_number: hkid(last),
    email: `person.${n}@example.com`,
    email_since: '2025-03-01',
    language: 'zh-Hant-HK',
    ...given,
  };
  return { ...values, csv: columns.map((name) => values[name]).join(',') };
}
