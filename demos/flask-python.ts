import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const venv = fileURLToPath(new URL('../.cache/flask', import.meta.url));
const requirements = fileURLToPath(new URL('flask/requirements.txt', import.meta.url));

/**
 * A Python with the Flask demos' requirements: what FLASK_PYTHON names, else a virtual environment in `.cache/flask` that is made on the
 * first call (python3 with venv and the package index are needed once).
 */
export function flaskPython(): string {
  const given = process.env['FLASK_PYTHON'];
  if (given !== undefined) return given;
  const python = `${venv}/bin/python`;
  if (!existsSync(`${venv}/ready`)) {
    execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], { stdio: 'inherit' });
    execFileSync('touch', [`${venv}/ready`]);
  }
  return python;
}
