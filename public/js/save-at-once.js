// A click on a choice saves it, so the button is not needed.
for (const form of document.querySelectorAll('[data-saves-at-once]')) {
  form.querySelector('button[type=submit]').hidden = true
  form.addEventListener('change', () => form.requestSubmit())
}
