// Every page works without this file. It adds: confirm dialogs that trap focus, a header checkbox with a live count,
// progress that moves, messages that can be closed, settings that save on a click, a button that copies, and a guard
// against sending a form twice.

for (const bar of document.querySelectorAll('[data-bar]')) {
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'small'
  close.textContent = '閉じる'
  close.addEventListener('click', () => bar.remove())
  bar.append(close)
}

for (const dialog of document.querySelectorAll('dialog[open]')) {
  document.querySelector('#page')?.removeAttribute('inert')
  document.querySelector('.scrim')?.remove()
  dialog.close()
  dialog.showModal()
  dialog.querySelector('[autofocus]')?.focus()
  dialog.addEventListener('cancel', event => {
    event.preventDefault()
    dialog.querySelector('[data-cancel]')?.click()
  })
}

for (const details of document.querySelectorAll('details.menu, details.dd')) {
  details.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !details.open) return
    details.open = false
    details.querySelector('summary')?.focus()
  })
}

for (const form of document.querySelectorAll('form[method=post]')) {
  let sent = false
  form.addEventListener('submit', event => {
    if (sent) event.preventDefault()
    sent = true
    // Coming back with the browser's button must find a form that works.
    window.addEventListener('pageshow', () => (sent = false), { once: true })
  })
}

for (const holder of document.querySelectorAll('[data-copy]')) {
  const field = holder.querySelector('input')
  const copied = document.querySelector('[data-copied]')
  const copy = document.createElement('button')
  copy.type = 'button'
  copy.textContent = 'コピー'
  copy.addEventListener('click', async () => {
    field.select()
    try {
      await navigator.clipboard.writeText(field.value)
      copied.textContent = 'コピーしました。'
    } catch {
      copied.textContent = 'コピーできませんでした。選択された文字列をコピーしてください。'
    }
  })
  holder.append(copy)
  // Coming back with the browser's button must not show it again.
  window.addEventListener('pagehide', () => {
    field.value = ''
    copy.disabled = true
  })
}

for (const form of document.querySelectorAll('[data-saves-at-once]')) {
  form.querySelector('button[type=submit]').hidden = true
  form.addEventListener('change', () => form.requestSubmit())
}

const selection = document.querySelector('[data-selection]')
if (selection) {
  const boxes = [...selection.querySelectorAll('input[name=id]')]
  // Rows that want a tick of their own are taken by none for all.
  const many = boxes.filter(box => !('own' in box.dataset))
  const all = selection.querySelector('[data-all]')
  const count = document.querySelector('[data-count]')
  const elsewhere = Number(count?.dataset.count ?? 0) - boxes.filter(box => box.checked).length
  let timer
  const show = () => {
    const here = boxes.filter(box => box.checked).length
    const total = elsewhere + here
    if (all) {
      all.checked = many.length > 0 && many.every(box => box.checked)
      all.indeterminate = total > 0 && !all.checked
    }
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (count) {
        const words = total.toLocaleString('ja-JP')
        const { item, counter } = count.dataset
        count.textContent =
          total === 0 ? `${item}が選択されていません。` : `${words}${counter}の${item}が選択されています。`
      }
    }, 300)
  }
  if (all && boxes.length > 0) {
    all.closest('label').hidden = false
    all.addEventListener('change', () => {
      for (const box of all.checked ? many : boxes) box.checked = all.checked
      show()
    })
    for (const box of boxes) box.addEventListener('change', show)
    show()
    // Ticks are stored as they are made: a reload or an ended session loses none.
    let keeping
    selection.addEventListener('change', event => {
      if (event.target !== all && !boxes.includes(event.target)) return
      clearTimeout(keeping)
      keeping = setTimeout(() => {
        const body = new URLSearchParams(new FormData(selection))
        body.set('op', 'keep')
        fetch(selection.action, { method: 'POST', body, keepalive: true }).catch(() => {})
      }, 300)
    })
  }
}

const progress = document.querySelector('[data-poll]')
if (progress) {
  const bar = progress.querySelector('progress')
  const text = progress.querySelector('[data-text]')
  const waiting = progress.querySelector('[data-waiting]')
  const spoken = progress.querySelector('[role=status]')
  const SEEN_MS = 2000
  const HIDDEN_MS = 30000
  let announced = 0
  let stopped = false

  const stop = document.createElement('button')
  stop.type = 'button'
  stop.className = 'small'
  stop.textContent = '自動での再読み込みを停止'
  stop.addEventListener('click', () => {
    stopped = true
    stop.remove()
  })
  progress.querySelector('.buttons')?.append(stop)

  const poll = async () => {
    if (stopped) return
    try {
      const answer = await fetch(progress.dataset.poll, { headers: { Accept: 'application/json' } })
      if (answer.status === 401) return location.reload()
      if (!answer.ok) throw new Error('no progress to show')
      const now = await answer.json()
      if (now.state !== progress.dataset.state) return location.reload()
      if (bar && now.total > 0) {
        bar.max = now.total
        bar.value = now.done
        const quarter = Math.floor((4 * now.done) / now.total)
        if (quarter > announced && spoken) spoken.textContent = now.text
        announced = Math.max(announced, quarter)
      }
      if (text) text.textContent = now.text
      if (waiting) {
        waiting.hidden = !now.waiting
        waiting.textContent = now.waiting ?? ''
      }
    } catch {
      // the next try may succeed
    }
    setTimeout(poll, document.hidden ? HIDDEN_MS : SEEN_MS)
  }
  setTimeout(poll, SEEN_MS)
}
