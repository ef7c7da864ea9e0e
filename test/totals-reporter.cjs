const { appendFileSync } = require('node:fs');

/** Adds each run's totals to the file named by TEST_TOTALS, so that a caller can sum all suites. */
module.exports = class TotalsReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.TEST_TOTALS;
    if (file === undefined) return;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    appendFileSync(
      file,
      `${results.numPassedTests} ${failed} ${results.numPendingTests + results.numTodoTests}\n`,
    );
  }
};
