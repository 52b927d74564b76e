// Charts of counts: drawn from figures that stand in the table beside each of them.
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const INK = '#1b2530';
const COLOURS = {
  open: '#0b4a8f', opened: '#7c8896', done: '#1f8a3f', overdue: '#c8261d', late: '#c8261d', returned: '#d99a00', refused: '#8a4200',
};

document.querySelectorAll('[data-chart]').forEach(show);

/** Draws one chart in its place and keeps it as wide as that. */
function show(place) {
  const data = JSON.parse(place.dataset.chart);
  const chart = init(place, null, { renderer: 'svg' });
  chart.setOption(options(data));
  new ResizeObserver(() => chart.resize()).observe(place);
  place.dataset.ready = '1';
}

function options({ kind = 'bar', categories, series }) {
  const text = { color: INK, fontSize: 16, fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 16, color: INK },
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    legend: { top: 0, itemGap: 20, textStyle: text },
    tooltip: { trigger: 'axis', confine: true, textStyle: text },
    xAxis: { type: 'category', data: categories, axisLabel: { ...text, hideOverlap: true } },
    yAxis: { type: 'value', minInterval: 1, axisLabel: text },
    series: series.map(({ name, of, values }) => ({ name, type: kind, data: values, color: COLOURS[of], barMaxWidth: 28 })),
  };
}
