// One button opens and closes all folds of a list; paper shows them open.
const folds = () => [...document.querySelectorAll('[data-fold]')]

for (const place of document.querySelectorAll('[data-unfold]')) {
  if (folds().length === 0) break
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'small'
  const say = () => {
    button.textContent = folds().every(fold => fold.open) ? 'すべて閉じる' : 'すべて開く'
  }
  button.addEventListener('click', () => {
    const open = !folds().every(fold => fold.open)
    for (const fold of folds()) fold.open = open
    say()
  })
  for (const fold of folds()) fold.addEventListener('toggle', say)
  say()
  place.append(button)
}

let closed = []
window.addEventListener('beforeprint', () => {
  closed = folds().filter(fold => !fold.open)
  for (const fold of closed) fold.open = true
})
window.addEventListener('afterprint', () => {
  for (const fold of closed) fold.open = false
})
