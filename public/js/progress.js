// A progress bar moves by itself. When the run's state changes, the page is loaded anew.
const SEEN_MS = 2000
const HIDDEN_MS = 30000

function follow(progress) {
  const bar = progress.querySelector('progress')
  const text = progress.querySelector('[data-text]')
  const waiting = progress.querySelector('[data-waiting]')
  const spoken = progress.querySelector('[role=status]')
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

  const show = now => {
    if (bar && now.total > 0) {
      bar.max = now.total
      bar.value = now.done
      // Read out at every quarter only.
      const quarter = Math.floor((4 * now.done) / now.total)
      if (quarter > announced && spoken) spoken.textContent = now.text
      announced = Math.max(announced, quarter)
    }
    if (text) text.textContent = now.text
    if (waiting) {
      waiting.hidden = !now.waiting
      waiting.textContent = now.waiting ?? ''
    }
  }
  const poll = async () => {
    if (stopped) return
    try {
      const answer = await fetch(progress.dataset.poll, { headers: { Accept: 'application/json' } })
      if (answer.status === 401 || answer.status === 403) return location.reload()
      if (!answer.ok) throw new Error('no progress to show')
      const now = await answer.json()
      if (now.state !== progress.dataset.state) return location.reload()
      show(now)
    } catch {
      // the next try may succeed
    }
    setTimeout(poll, document.hidden ? HIDDEN_MS : SEEN_MS)
  }
  setTimeout(poll, SEEN_MS)
}

for (const progress of document.querySelectorAll('[data-poll]')) follow(progress)
