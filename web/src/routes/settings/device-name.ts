// The order matters: each browser also claims to be those below it.
const browsers: readonly [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'], [/SamsungBrowser\//, 'Samsung Internet'], [/OPR\//, 'Opera'], [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'], [/Safari\//, 'Safari'],
]
const systems: readonly [RegExp, string][] = [
  [/iPhone|iPod/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/CrOS/, 'ChromeOS'],
  [/Mac OS X/, 'Mac'], [/Linux/, 'Linux'],
]

/** A device as people call it, "Firefox · Windows", from what its browser tells; other texts stay as they are. */
export function deviceName(told: string): string {
  if (!told.startsWith('Mozilla/')) return told
  return [browsers, systems].map((list) => list.find(([sign]) => sign.test(told))?.[1]).filter(Boolean).join(' · ')
}
