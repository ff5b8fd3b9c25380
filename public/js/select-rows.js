// Rows of a table are ticked: one box takes the whole page, the count follows, every tick is stored at once.
const WAIT_MS = 300

/** Runs `work` once nothing has happened for a moment. */
function afterwards(work) {
  let timer
  return () => {
    clearTimeout(timer)
    timer = setTimeout(work, WAIT_MS)
  }
}

function selectRows(form) {
  const boxes = [...form.querySelectorAll('input[name=id]')]
  // Rows that want a tick of their own are not taken with the page.
  const taken = boxes.filter(box => !('own' in box.dataset))
  const all = form.querySelector('[data-all]')
  const count = document.querySelector('[data-count]')
  const ticked = () => boxes.filter(box => box.checked).length
  const onOtherPages = Number(count?.dataset.count ?? 0) - ticked()

  const tellCount = afterwards(() => {
    if (!count) return
    const total = onOtherPages + ticked()
    const { item, counter } = count.dataset
    count.textContent =
      total === 0
        ? `${item}が選択されていません。`
        : `${total.toLocaleString('ja-JP')}${counter}の${item}が選択されています。`
  })
  const show = () => {
    all.checked = taken.length > 0 && taken.every(box => box.checked)
    all.indeterminate = onOtherPages + ticked() > 0 && !all.checked
    tellCount()
  }
  // A reload or an ended session loses no tick.
  const store = afterwards(() => {
    const body = new URLSearchParams(new FormData(form))
    body.set('op', 'keep')
    fetch(form.action, { method: 'POST', body, keepalive: true }).catch(() => {})
  })

  all.closest('label').hidden = false
  all.addEventListener('change', () => {
    for (const box of all.checked ? taken : boxes) box.checked = all.checked
    show()
  })
  for (const box of boxes) box.addEventListener('change', show)
  form.addEventListener('change', event => {
    if (event.target === all || boxes.includes(event.target)) store()
  })
  show()
}

for (const form of document.querySelectorAll('[data-selection]')) {
  if (form.querySelector('[data-all]') && form.querySelector('input[name=id]')) selectRows(form)
}
