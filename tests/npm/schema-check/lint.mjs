// Lints the files of the schema. A warning is a failure, and so is a file that no rule looked at.
import { ESLint } from 'eslint';

const eslint = new ESLint();
const results = await eslint.lintFiles(['schema/*.graphqls']);
const { rules } = await eslint.calculateConfigForFile(results[0].filePath);
if (results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0)) {
  console.error(await (await eslint.loadFormatter('stylish')).format(results));
  process.exit(1);
}
console.log(`ok ${results.length} files, ${Object.keys(rules).length} rules`);
