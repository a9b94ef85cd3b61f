import type { Problem } from './problem.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign);

/** A no for a person whose browser went to an address itself, such as the way back from signing in. */
export const presentProblemPage = ({ title, reference }: Problem): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Casebound</title>
<link rel="icon" href="/desk.svg">
<link rel="stylesheet" href="/desk.css">
</head>
<body>
<main class="narrow">
<h1>Casebound</h1>
<p>${escapeHtml(title)}</p>
<p><a class="button" href="/">Back to the start</a></p>
${reference ? `<p class="quiet">Reference for the operator: <code>${escapeHtml(reference)}</code></p>` : ''}
</main>
</body>
</html>
`;
