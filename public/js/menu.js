// Escape folds a menu and returns the focus to its button.
for (const details of document.querySelectorAll('details.menu, details.dd, .app-nav details')) {
  const around = details.closest('.app-nav') ?? details
  around.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !details.open) return
    details.open = false
    details.querySelector('summary')?.focus()
  })
}
