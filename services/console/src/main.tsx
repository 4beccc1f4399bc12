import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Root } from './root.tsx';
import { router } from './router.tsx';
import './mantine.css';
import './styles.css';

const RELOADED = 'tandem-reloaded';

// After an update, an open tab asks for parts that are gone: it loads the page again, once.
addEventListener('vite:preloadError', (event) => {
  if (sessionStorage.getItem(RELOADED) === document.baseURI) return;
  sessionStorage.setItem(RELOADED, document.baseURI);
  event.preventDefault();
  location.reload();
});

const place = document.getElementById('root');
if (place === null) throw new TypeError('index.html has no element #root, in which the console is drawn.');
createRoot(place).render(
  <StrictMode>
    <Root>
      <RouterProvider router={router} />
    </Root>
  </StrictMode>,
);
