/** One question in a panel. */
export interface Query {
  readonly expr: string;
  /** Name of each line; may use labels, such as `{{pod}}`. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What a reader should see in it. */
  readonly description: string;
  readonly unit: 'reqps' | 's' | 'percentunit' | 'bytes' | 'short';
  readonly queries: readonly Query[];
}

export interface Dashboard {
  /** Stable part of its address, kebab-case. */
  readonly id: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Name of the data source that Grafana is given. */
export const DATA_SOURCE = 'prometheus';

const WIDTH = 12;
const HEIGHT = 8;
const datasource = { type: 'prometheus', uid: DATA_SOURCE };

/** The dashboard as Grafana reads it: two panels in a row, in the order of the list. */
export function grafanaModel({ id, title, panels }: Dashboard): object {
  return {
    uid: id,
    title,
    schemaVersion: 39,
    editable: false,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: 'timeseries',
      title: panel.title,
      description: panel.description,
      datasource,
      gridPos: {
        x: (index % 2) * WIDTH,
        y: Math.floor(index / 2) * HEIGHT,
        w: WIDTH,
        h: HEIGHT,
      },
      fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
      targets: panel.queries.map(({ expr, legend }, query) => ({
        refId: String.fromCharCode('A'.charCodeAt(0) + query),
        datasource,
        expr,
        legendFormat: legend,
      })),
    })),
  };
}
