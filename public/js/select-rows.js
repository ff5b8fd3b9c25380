// Rows of a table are ticked: one box takes the whole page, a click with Shift all from the last one on; the count follows,
// every tick is stored at once.
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

  let before = ''
  const tellCount = afterwards(() => {
    if (!count) return
    const total = onOtherPages + ticked()
    const { item, counter } = count.dataset
    const now =
      total === 0
        ? `${item}が選択されていません。`
        : `${total.toLocaleString('ja-JP')}${counter}の${item}が選択されています。`
    count.textContent = before + now
    before = ''
  })
  const show = () => {
    all.checked = taken.length > 0 && taken.every(box => box.checked)
    all.indeterminate = onOtherPages + ticked() > 0 && !all.checked
    tellCount()
  }
  // Those between two clicks get the second one's tick; a row that wants a tick of its own only by its own click.
  const takeRange = (from, to) => {
    const [first, final] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b)
    const between = boxes.slice(first, final + 1).filter(box => box === to || taken.includes(box))
    for (const box of between) box.checked = to.checked
    if (count)
      before = `${between.length}${count.dataset.counter}をまとめて${to.checked ? '選択' : '選択解除'}しました。`
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
  let last = null
  for (const box of boxes) {
    box.addEventListener('change', show)
    box.addEventListener('click', event => {
      if (event.shiftKey && last) takeRange(last, box)
      last = box
    })
  }
  form.addEventListener('change', event => {
    if (event.target === all || boxes.includes(event.target)) store()
  })
  show()
}

for (const form of document.querySelectorAll('[data-selection]')) {
  if (form.querySelector('[data-all]') && form.querySelector('input[name=id]')) selectRows(form)
}
