// A button copies what the field beside it shows.
for (const holder of document.querySelectorAll('[data-copy]')) {
  const field = holder.querySelector('input')
  const copied = holder.parentElement.querySelector('[data-copied]')
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
  if (holder.dataset.copy !== 'once') continue
  window.addEventListener('pagehide', () => {
    field.value = ''
    copy.disabled = true
  })
}
