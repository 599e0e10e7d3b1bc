/** What a call's report says in one line each. Pure. */
import type { CallReport } from '../../ipc/types';

export interface ReportFacts {
  relayed: boolean | null;
  roundTripMs: number | null;
  /** Mean of what was lost on the way here. */
  lossInPermille: number | null;
  width: number;
  height: number;
}

export function factsOf({ quality, transports }: CallReport): ReportFacts {
  const reports = quality.map((sample) => sample.report);
  const trips = reports
    .flatMap((report) => (report.roundTripMs === null ? [] : [report.roundTripMs]))
    .sort((a, b) => a - b);
  const used = transports.filter((transport) => transport.local !== null || transport.remote !== null);
  const largest = reports.reduce((most, report) => Math.max(most, report.width), 0);
  return {
    relayed: used.length === 0 ? null : used.some((one) => one.local === 'relayed' || one.remote === 'relayed'),
    roundTripMs: trips[Math.floor(trips.length / 2)] ?? null,
    lossInPermille:
      reports.length === 0 ? null : Math.round(reports.reduce((sum, r) => sum + r.lossInPermille, 0) / reports.length),
    width: largest,
    height: reports.find((report) => report.width === largest)?.height ?? 0,
  };
}
