#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-path.py BUILD — from the wire to an acknowledged alarm, over each kind of wire, with a slave that
nobody here wrote and a real window."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..'), os.path.join(HERE, '..', '..', 'app')]
import cluster  # noqa: E402
import plant  # noqa: E402
import tap    # noqa: E402
from stage import Screen, Stage  # noqa: E402

BUILD = sys.argv[1]


def live(stage):
    return {value['point'].split('/')[1]: value for value in stage.ctl('live', plant.SITE)}


def alarms(stage, *state):
    return {alarm['alarm']: alarm for alarm in stage.ctl('alarms', *state)}


def raise_all(stage, wired):
    """Plugs the plant, starts server and console, waits until every point is good."""
    wired.plug()
    stage.run('gdpctl', '--store', stage.store, 'import', wired.document())
    stage.server('--sessions-listen', f'127.0.0.1:{wired.sessions}')
    stage.wait('sixteen good points', lambda: sum(v['quality'] == 'good' for v in live(stage).values()) == 16)
    screen = Screen(stage.start('console', 'gdp-console', '--store', stage.store, '--site', plant.SITE,
                                '--user', 'Ivanova'))
    stage.wait('the site on the screen', lambda: screen.shows('ГРП-1 Садовая'))
    return screen


def the_whole_path(kind):
    with Stage(BUILD, kind.__name__.lower(), store=cluster.store()) as stage:
        wired = kind(stage)
        screen = raise_all(stage, wired)
        assert live(stage)['outlet1']['value'] == 0.3, live(stage)['outlet1']

        # a register changes: live, the mimic, an alarm
        wired.analog('outlet1', 6.4)                    # 0.09 MPa, below LL
        stage.wait('the value', lambda: live(stage)['outlet1']['value'] == 0.09)
        low = f'{plant.SITE}/outlet1.low'
        raised = stage.wait('the alarm', lambda: alarms(stage).get(low))
        assert (raised['active'], raised['acked'], raised['level']) == (True, False, 'LL'), raised
        stage.wait('the value on the screen', lambda: screen.shows('0.0900'))
        stage.wait('the alarm on the screen', lambda: screen.shows('Low-low'))

        # the cable is pulled: one alarm, every point unknown
        before = set(alarms(stage))
        wired.unplug()
        stage.wait('the loss', lambda: wired.lost in alarms(stage))
        stage.wait('no point is good', lambda: all(v['quality'] != 'good' for v in live(stage).values()))
        assert set(alarms(stage)) - before == {wired.lost}, set(alarms(stage)) - before
        assert alarms(stage)[low]['active'], 'lost data cleared an alarm'
        stage.wait('the loss on the screen', lambda: screen.shows('No communication'))

        # plugged again: back without hands
        wired.plug()
        stage.wait('good again', lambda: all(v['quality'] == 'good' for v in live(stage).values()))
        stage.wait('the loss has passed', lambda: not alarms(stage).get(wired.lost, {'active': False})['active'])
        stage.wait('the pressure is back, so the alarm has passed', lambda: not alarms(stage)[low]['active'])
        assert not alarms(stage)[low]['acked'], 'nobody acknowledged it'
        assert 'chain ok' in stage.run('gdpctl', '--store', stage.store, 'verify').stdout


def serial():
    """a slave on a serial line drives values, mimic and alarms; pulling and plugging its cable is one alarm"""
    the_whole_path(plant.Serial)


def tcp():
    """a slave on Modbus TCP drives values, mimic and alarms; losing and regaining it is one alarm"""
    the_whole_path(plant.Tcp)


def modem():
    """a slave behind a dialling modem drives values, mimic and alarms; losing and regaining it is one alarm"""
    the_whole_path(plant.Modem)


tap.run(serial, tcp, modem)
