import { keep, kept } from '../offline/kept'

/** The least time between two tones, over all tabs (B-41). */
const restMs = 10_000

let context: AudioContext | undefined

/** Plays one soft tone of 0.7 s, unless one was played in the last 10 s. A page that nobody has touched yet stays silent. */
export async function playTone(now = Date.now()): Promise<void> {
  const last = Number(kept('tone') ?? 0)
  if ((now - last < restMs && last <= now) || navigator.userActivation?.hasBeenActive === false) return
  keep('tone', String(now))
  try {
    context ??= new AudioContext()
    // A browser that wants a tap first leaves this open until there is one; a tone that late would frighten.
    if (context.state !== 'running') await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 200))])
    if (context.state === 'running') tone(context)
  } catch {
    // No sound device, or no sound allowed: the title and the badge tell the same.
  }
}

// Two notes a fifth apart that swell and fade, quiet enough for a ward at night.
function tone(audio: AudioContext): void {
  for (const [frequency, from] of [[523.25, 0], [783.99, 0.14]] as const) {
    const start = audio.currentTime + from
    const note = new OscillatorNode(audio, { type: 'sine', frequency })
    const loudness = new GainNode(audio, { gain: 0 })
    loudness.gain.setValueAtTime(0, start)
    loudness.gain.linearRampToValueAtTime(0.07, start + 0.03)
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.55)
    note.connect(loudness).connect(audio.destination)
    note.start(start)
    note.stop(start + 0.56)
  }
}
