// A second click sends no form twice.
for (const form of document.querySelectorAll('form[method=post]')) {
  let sent = false
  form.addEventListener('submit', event => {
    if (sent) event.preventDefault()
    sent = true
    // Coming back with the browser's button must find a form that works.
    window.addEventListener('pageshow', () => (sent = false), { once: true })
  })
}
