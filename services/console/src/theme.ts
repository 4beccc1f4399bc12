import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const tandem: MantineColorsTuple = [
  '#eaf3fa',
  '#d7e5f1',
  '#adcae2',
  '#80add3',
  '#5b95c6',
  '#4486be',
  '#3679b2',
  '#2a6196',
  '#235381',
  '#1a4068',
];

/** The look of the console: dense, quiet, system fonts. */
export const theme = createTheme({
  primaryColor: 'tandem',
  colors: { tandem },
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'sm',
  fontFamily: 'Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", "DejaVu Sans Mono", Menlo, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.1875rem' }, h2: { fontSize: '0.9375rem' }, h3: { fontSize: '0.875rem' } },
  },
});

/** Mantine's grey texts fall short of 4.5:1 on our panels; these do not. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f7f9',
    '--mantine-color-dimmed': '#56606b',
    '--mantine-color-placeholder': '#626b75',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#235381',
    '--panel': '#ffffff',
    '--line': '#e1e5ea',
    '--hover': '#f0f4f8',
    '--good': '#1b7a43',
    '--warn': '#8a5a00',
    '--bad': '#b42318',
    '--caller': '#6b4aa8',
    '--agent': '#235381',
  },
  dark: {
    '--mantine-color-body': '#14181d',
    '--mantine-color-dimmed': '#a4aeb9',
    '--mantine-color-placeholder': '#8f9aa6',
    '--mantine-color-error': '#ff8f85',
    '--mantine-color-anchor': '#8ec3ee',
    '--panel': '#1b2027',
    '--line': '#2d343d',
    '--hover': '#232a33',
    '--good': '#6fd39a',
    '--warn': '#f0bf5c',
    '--bad': '#ff8f85',
    '--caller': '#c4abf2',
    '--agent': '#8ec3ee',
  },
});
