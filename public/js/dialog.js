// A dialog keeps the focus inside; Escape presses its button for leaving.
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
