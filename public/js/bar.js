// A message can be closed.
for (const bar of document.querySelectorAll('[data-bar]')) {
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'small'
  close.textContent = '閉じる'
  close.addEventListener('click', () => bar.remove())
  bar.append(close)
}
