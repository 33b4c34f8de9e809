import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { TestResult } from '../../core/line'
import type { Method } from '../../core/transports/transport'
import { useKinward } from '../context'
import { Icon } from '../icons'
import { announce, Button, Spinner } from '../kit'
import { amount } from './amount'
import { methods } from './measures'
import { methodName } from './words'

type Results = Partial<Record<Method, TestResult>>

/** Tries all four methods, one after the other, and shows each result as it comes. The live connection stays. */
export function TestFour() {
  const { running, results, run } = useTest()
  return (
    <section class="kw-test">
      <h3>{t('connection.test_title')}</h3>
      <p class="kw-hint">{t('connection.test_hint')}</p>
      <Button icon="refresh" busy={running} onClick={run}>{t('connection.test')}</Button>
      {results && (
        <ul>
          {methods.map((m) => <li key={m}><b>{methodName(m)}</b> <Result result={results[m]} running={running} /></li>)}
        </ul>
      )}
    </section>
  )
}

function useTest() {
  const { line } = useKinward()
  const [running, setRunning] = useState(false)
  const [results, setResults] = useState<Results>()
  const here = useRef(true)
  useEffect(() => () => { here.current = false }, [])
  const run = async () => {
    setRunning(true)
    setResults({})
    let end = t('connection.test_failed')
    try {
      const all = await line.test((r) => { if (here.current) setResults((before) => ({ ...before, [r.method]: r })) })
      end = t('connection.test_done', { count: all.filter((r) => r.ok).length })
    } finally {
      if (here.current) {
        setRunning(false)
        announce(end)
      }
    }
  }
  return { running, results, run }
}

function Result({ result, running }: { result: TestResult | undefined; running: boolean }) {
  if (!result) return running ? <Spinner label={t('connection.testing')} /> : <span>–</span>
  return (
    <span class={result.ok ? 'kw-test-ok' : 'kw-test-bad'}>
      <Icon name={result.ok ? 'check' : 'x'} /> {resultText(result)}
    </span>
  )
}

function resultText(r: TestResult): string {
  if (r.ok) return t('connection.test_works', { time: amount(Math.round(r.latencyMs ?? 0), 'millisecond') })
  switch (r.why) {
    case 'refused': return t('connection.test_refused')
    case 'silent': return t('connection.test_silent')
    default: return t('connection.test_unreachable')
  }
}
