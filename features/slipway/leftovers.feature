Feature: Nothing is left behind
  Whatever a step was at when slipway was killed, its processes end by
  themselves, and resume removes what is left on disk before it goes on.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it

  Scenario Outline: Killed during <step>
    Given a file "launch.yml":
      """
      - name: Launch
        images: keel
        tasks:
          - name: Build
            build: {}
          - name: Push
            push: { tags: [test] }
          - name: The step
            <task>
      """
    And a file "deploy/compose.yml":
      """
      services:
        keel:
          image: localhost/keel
          environment: { DELAY: "2" }
          ports: ["8080"]
          volumes: ["data:/data"]
      volumes: { data: {} }
      """
    And a file "slow.sh":
      """
      #!/bin/sh
      test -e go || { touch go; sleep 601; }
      """
    And a file "templates/made.txt":
      """
      made of {{ .image.name }}
      """
    When slipway is launching the fleet
    And it is killed while "<words>" runs
    Then nothing that it started runs any more
    When I resume it with "--repeat all"
    Then the exit code is 0
    And no build was begun
    And nothing is left on the machine

    Examples:
      | step                       | words           | task                                                                                                                                      |
      | a command that is stubborn | sleep 601       | command: { shell: 'test -e go && exit; touch go; trap "" TERM; setsid sh -c "trap : TERM; sleep 601; sleep 602" & sleep 603; sleep 604' } |
      | a script                   | sleep 601       | script: { file: slow.sh }                                                                                                                 |
      | a check before a file      | sleep 601       | template: { src: made.txt, dest: made, validate: [sh, -c, "test -e go \|\| { touch go; sleep 601; }; test -e %s"] }                       |
      | a container                | /program linger | run: { command: linger, mounts: [{source: deploy, target: /in}] }                                                             |
      | a deployment               | /program serve  | deploy: { file: deploy/compose.yml }                                                                                                      |
      | a deployment by a command  | sleep 601       | deploy: { command: [sh, -c, "test -e go \|\| { touch go; sleep 601; }"], teardown: [sh, -c, "echo down >> downs"] }                       |

  Scenario: Killed while it proves what it has deployed
    Given a file "deploy/compose.yml":
      """
      services:
        keel: { image: localhost/keel, volumes: ["data:/data"] }
        hull: { image: localhost/hull, depends_on: [keel] }
      volumes: { data: {} }
      """
    And "hull" is proved by:
      """
        Scenario: it lingers
          Given the deployment under test
          When I run "/program linger"
          Then the stdout equals "lingered"
      """
    And a file "launch.yml":
      """
      - name: Launch
        images: all
        tasks:
          - name: Build
            build: {}
          - name: Push
            push: { tags: [test] }
          - name: Deploy
            deploy: { file: deploy/compose.yml }
          - name: Migrate
            run: { command: greet, network: deployment }
          - name: Smoke
            smoke: {}
      """
    When slipway is launching the fleet
    And it is killed while "/program linger" runs
    Then nothing that it started runs any more
    When I resume it
    Then the exit code is 0
    And no build was begun
    And it says "changed: [hull]            ran"
    And nothing is left on the machine

  Scenario: Killed while it waits
    Given a file "launch.yml":
      """
      - name: Launch
        images: keel
        tasks:
          - name: Before
            command: { argv: [touch, waiting] }
          - name: Wait
            wait_for: { path: arrived }
      """
    When slipway is launching the fleet
    And it is killed when there is a file "waiting"
    Then nothing that it started runs any more
    Given a file "arrived":
      """
      """
    When I resume it with "--repeat all"
    Then the exit code is 0
    And nothing is left on the machine

  Scenario: Killed between two rollbacks
    Given the fleet was launched
    And I note what "latest" of "keel" is
    And I note what "latest" of "hull" is
    And "keel" is changed
    And the fleet was launched
    And a file "launch.yml":
      """
      - name: Back
        images: all
        tasks:
          - name: Roll back
            rollback: { reason: "it sinks" }
      """
    And the registry will not answer the second "latest"
    When slipway is launching the fleet
    And it is killed when the second tag is on its way
    And the registry is well again
    And I resume it
    Then the exit code is 0
    And "latest" of "keel" is what it was
    And "latest" of "hull" is what it was
    And nothing is left on the machine
