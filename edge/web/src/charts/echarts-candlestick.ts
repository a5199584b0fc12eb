/** What ECharts needs for candles besides what all charts do. */
import { CandlestickChart } from 'echarts/charts';
import { use } from 'echarts/core';

use([CandlestickChart]);
