/**
 * The colours, light and dark, as CSS variables that the page and the drawings share. Categories are Okabe and Ito's palette
 * ("Color Universal Design", 2008), darkened or lightened until each stands out from its ground by at least 3 : 1; text by 4.5 : 1.
 */
export const light = {
  ground: '#ffffff',
  raised: '#f4f5f6',
  line: '#c9ced3',
  text: '#17191c',
  muted: '#545b63',
  link: '#0b5cad',
  good: '#1a6b3c',
  bad: '#b3261e',
  warn: '#8a5200',
  grid: '#e6e8eb',
  faint: '#b4bac0',
  c1: '#0072b2',
  c2: '#d55e00',
  c3: '#008561',
  c4: '#b0568a',
  c5: '#a07000',
  c6: '#2a86bd',
  c7: '#6a51a3',
  c8: '#4d4d4d',
} as const;

export type ColourName = keyof typeof light;

export const dark: Readonly<Record<ColourName, string>> = {
  ground: '#131517',
  raised: '#1d2023',
  line: '#41474d',
  text: '#e9ebed',
  muted: '#a9b0b7',
  link: '#7ab8ff',
  good: '#6fcf97',
  bad: '#ff8a80',
  warn: '#f2b35e',
  grid: '#2a2e32',
  faint: '#596068',
  c1: '#4da3e0',
  c2: '#f28a3c',
  c3: '#2ebd93',
  c4: '#de8dbb',
  c5: '#dfae3f',
  c6: '#86cdf5',
  c7: '#ab9be0',
  c8: '#c4c4c4',
};

/** From the least to the greatest: Cividis (Nuñez, Anderton & Renslow 2018), which every kind of colour vision sees alike. */
export const ramp = [
  ...['#00224e', '#123570', '#3b496c', '#575d6d', '#707173'],
  ...['#8a8678', '#a59c74', '#c3b369', '#e1cc55', '#fee838'],
] as const;

/** Colours of text, which have to be read on `ground` and on `raised`. */
export const textColours: readonly ColourName[] = ['text', 'muted', 'link', 'good', 'bad', 'warn'];

/** The colours of what a palette declares, as CSS. */
export function declareColours(colours: Readonly<Record<ColourName, string>>): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}

const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'triangle-right', 'stroke'];

/** Of category `i`: a colour and a mark, such that no two of the first 64 share both. */
export function categoryOf(i: number): { readonly colour: string; readonly shape: string } {
  return { colour: `var(--c${1 + (i % 8)})`, shape: shapes[(i + Math.floor(i / 8)) % shapes.length]! };
}

/**
 * Relative contrast of two colours `#rrggbb`, 1 to 21 (WCAG 2.2, "contrast ratio").
 */
export function contrastRatio(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
